import type { Explanation, Fact } from '../api/types';
import { formatShare, markNames, titleOf } from '../language/format';
import { locale, words } from '../language/language';
import { Thumbnail } from '../media/picture';
import { Icon, type IconName } from '../page/icon';
import { Popover } from '../page/popover';
import { itemById } from '../state/items';
import { history } from '../state/people';
import { goTo } from '../state/route';
import { attributeText, deedText, howText } from './fact_text';

const spaceIcons: Record<string, IconName> = {
  text: 'text',
  image: 'picture',
  audio: 'sound',
  video: 'film',
  fused: 'spark',
};
const pastItems = (facts: Fact[]): string[] => [...new Set(facts.map((fact) => fact.item_id).filter(Boolean))];

function Sentence({ explanation }: { explanation: Explanation }) {
  const names = explanation.facts.flatMap((fact) => [fact.item_title, fact.value]);
  return (
    <span lang={explanation.locale || undefined}>
      {markNames(explanation.sentence, names).map((passage, index) =>
        passage.named ? <b key={index}>{passage.text}</b> : passage.text,
      )}
    </span>
  );
}

function PastThumbnail({ id }: { id: string }) {
  return <Thumbnail item={itemById(id).value} id={id} />;
}

/** The sentence on a card with the past items it rests on; pressing it opens the evidence. */
export function Reason({ explanation }: { explanation: Explanation | null }) {
  if (!explanation) return null;
  const past = pastItems(explanation.facts).slice(0, 2);
  return (
    <Popover
      title={words.value.whyTitle}
      buttonClass="reason"
      panelClass="evidence"
      face={
        <>
          {past.length > 0 ? (
            <span class="reason-past">
              {past.map((id) => (
                <PastThumbnail key={id} id={id} />
              ))}
            </span>
          ) : (
            <span class="reason-sign">
              <Icon name="people" />
            </span>
          )}
          <span class="reason-text">
            {explanation.sentence ? <Sentence explanation={explanation} /> : words.value.noReason}{' '}
            <span class="reason-why">{words.value.why}</span>
          </span>
        </>
      }
    >
      {(close) => <Evidence explanation={explanation} close={close} />}
    </Popover>
  );
}

function Evidence({ explanation, close }: { explanation: Explanation; close: () => void }) {
  const total = explanation.facts.reduce((sum, fact) => sum + Math.max(0, fact.contribution), 0);
  return (
    <>
      <div class="panel-head">
        <h2>{words.value.whyTitle}</h2>
        <button type="button" class="icon-button" aria-label={words.value.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <p class="evidence-sentence">
        <Sentence explanation={explanation} />
      </p>
      <ul class="facts" aria-label={words.value.evidence}>
        {explanation.facts.map((fact) => (
          <FactRow
            key={`${fact.kind} ${fact.item_id} ${fact.space} ${fact.attribute} ${fact.value}`}
            fact={fact}
            share={total > 0 ? Math.max(0, fact.contribution) / total : 0}
          />
        ))}
      </ul>
      <p class={`author author-${explanation.author}`}>
        <Icon name={explanation.author === 'model' ? 'spark' : 'text'} />
        {explanation.author === 'model' ? words.value.byModel : words.value.byTemplate}
      </p>
    </>
  );
}

function FactRow({ fact, share }: { fact: Fact; share: number }) {
  const strings = words.value;
  const aboutItem = fact.item_id !== '';
  return (
    <li class="fact">
      <span class="fact-sign">
        {aboutItem ? (
          <PastThumbnail id={fact.item_id} />
        ) : (
          <Icon name={fact.kind === 'popularity' ? 'people' : 'tag'} />
        )}
      </span>
      <span class="fact-text">
        {aboutItem ? (
          <PastTitle fact={fact} />
        ) : (
          <span class="fact-name">{attributeText(fact, strings, locale.value)}</span>
        )}
        <span class="fact-how">
          {fact.kind === 'similar' && <Icon name={spaceIcons[fact.space] ?? 'spark'} />}
          {[aboutItem ? deedText(fact, history.value, strings) : '', howText(fact, strings)]
            .filter(Boolean)
            .join(' · ')}
        </span>
        {share > 0 && (
          <span class="fact-share" role="img" aria-label={strings.share_of(formatShare(share, locale.value))}>
            <span class="fact-bar" style={{ '--share': String(share) }} />
            <span class="fact-figure">{formatShare(share, locale.value)}</span>
          </span>
        )}
      </span>
    </li>
  );
}

function PastTitle({ fact }: { fact: Fact }) {
  const item = itemById(fact.item_id).value;
  const title = item ? titleOf(item, locale.value) : { text: fact.item_title || fact.item_id, language: '' };
  return (
    <button
      type="button"
      class="fact-name link"
      lang={title.language || undefined}
      onClick={() => goTo({ item: fact.item_id })}
    >
      {title.text}
    </button>
  );
}
