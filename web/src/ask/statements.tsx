import type { Triple } from '../api/types';
import { locale, words } from '../language/language';
import { Icon } from '../page/icon';
import { relationText, sourceText } from './answer_text';
import { NodeName } from './cited_items';

/** The statements an answer rests on, with who says so, folded away. */
export function Statements({ triples }: { triples: Triple[] }) {
  return (
    <details class="statements">
      <summary>
        <Icon name="chevron" />
        {words.value.restsOn}
        <span class="statements-count">{words.value.restsOnCount(triples.length)}</span>
      </summary>
      <ul>
        {triples.map((triple, i) => (
          <li key={i} class="statement">
            <span class="statement-words">
              <NodeName node={triple.head} />
              <span class="relation">{relationText(triple.relation, words.value)}</span>
              <NodeName node={triple.tail} />
            </span>
            <span class="statement-source">
              {triple.sources.map((source) => sourceText(source, words.value, locale.value)).join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
