import { wordFor } from '../language/format';
import { words } from '../language/language';
import { categoryFilter, kindFilter } from '../state/feed';
import { kindsSeen } from '../state/items';
import { Icon, kindIcon } from './icon';

const order = ['film', 'song', 'news', 'post', 'goods'];
const rank = (kind: string): number => (order.includes(kind) ? order.indexOf(kind) : order.length);

/** Kinds as buttons, categories of the chosen kind as a list. */
export function Filters() {
  const seen = kindsSeen.value;
  const kinds = [...seen.keys()].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const chosen = kindFilter.value;
  const categories = [
    ...new Set([...seen].flatMap(([kind, names]) => (chosen === '' || kind === chosen ? [...names] : []))),
  ].sort((a, b) => a.localeCompare(b));
  const chooseKind = (kind: string): void => {
    if (kind !== '' && !seen.get(kind)?.has(categoryFilter.peek())) categoryFilter.value = '';
    kindFilter.value = kind;
  };
  if (kinds.length === 0) return null;
  return (
    <div class="filters" role="group" aria-label={words.value.filterBy}>
      {kinds.length > 1 && (
        <div class="chips">
          <Chip label={words.value.allKinds} on={chosen === ''} choose={() => chooseKind('')} />
          {kinds.map((kind) => (
            <Chip
              key={kind}
              kind={kind}
              label={wordFor(words.value.kinds, kind)}
              on={chosen === kind}
              choose={() => chooseKind(kind)}
            />
          ))}
        </div>
      )}
      {categories.length > 1 && (
        <label class="select">
          <span class="hidden">{words.value.category}</span>
          <select value={categoryFilter.value} onChange={(event) => (categoryFilter.value = event.currentTarget.value)}>
            <option value="">{words.value.anyCategory}</option>
            {categories.map((category) => (
              <option key={category} value={category}>
                {wordFor({}, category)}
              </option>
            ))}
          </select>
          <Icon name="chevron" />
        </label>
      )}
    </div>
  );
}

function Chip({ label, kind, on, choose }: { label: string; kind?: string; on: boolean; choose: () => void }) {
  return (
    <button type="button" class="chip" aria-pressed={on} onClick={choose}>
      {kind && <Icon name={kindIcon(kind)} />}
      {label}
    </button>
  );
}
