import { useState } from 'preact/hooks';
import type { AnswerResult, GraphNode } from '../api/types';
import { byline, openItem } from '../feed/card';
import { titleOf, wordFor } from '../language/format';
import { locale, words } from '../language/language';
import { Thumbnail } from '../media/picture';
import { Icon, kindIcon } from '../page/icon';
import { itemById } from '../state/items';

const shownAtFirst = 6;
const place = { surface: 'answer', request: '' } as const;

export function CitedItems({ nodes }: { nodes: GraphNode[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? nodes : nodes.slice(0, shownAtFirst);
  return (
    <>
      <ul class="cited" aria-label={words.value.answerItems}>
        {shown.map((node) => (
          <li key={node.item}>
            <CitedItem node={node} />
          </li>
        ))}
      </ul>
      {shown.length < nodes.length && (
        <button type="button" class="link cited-more" onClick={() => setAll(true)}>
          {words.value.showAll(nodes.length)}
        </button>
      )}
    </>
  );
}

function CitedItem({ node }: { node: GraphNode }) {
  const item = itemById(node.item).value;
  const title = item ? titleOf(item, locale.value) : { text: node.name, language: '' };
  const kind = item?.kind || node.type;
  // What the answer calls it, where that is not how the reader knows it.
  const more = node.name !== title.text ? node.name : item ? byline(item, locale.value) : '';
  return (
    <button type="button" class="cited-item" data-kind={kind} onClick={() => openItem(node.item, place)}>
      <Thumbnail item={item} id={node.item} />
      <span class="cited-words">
        <span class="cited-title" lang={title.language || undefined}>
          {title.text}
        </span>
        <span class="cited-kind">
          <span class="kind">
            <Icon name={kindIcon(kind)} />
            {wordFor(words.value.kind, kind || 'tag')}
          </span>
          {more && <span class="cited-byline">{more}</span>}
        </span>
      </span>
    </button>
  );
}

/** What a name stands for: a button where it is an item. */
export function NodeName({ node }: { node: GraphNode }) {
  if (node.item === '') return <span class="node">{node.name}</span>;
  return (
    <button type="button" class="node link" onClick={() => openItem(node.item, place)}>
      {node.name}
    </button>
  );
}

/** Several things that are called what the question says, each with its own answer. */
export function Namesakes({ results }: { results: AnswerResult[] }) {
  return (
    <section class="namesakes" aria-label={words.value.answerResults}>
      <p class="namesakes-title">{words.value.answerResults}</p>
      <ul>
        {results.map(({ about, values, holds }, i) => (
          <li key={about?.item || i}>
            {about && (about.item ? <CitedItem node={about} /> : <NodeName node={about} />)}
            <p class="namesake-values">
              {holds !== null && (
                <b class={holds ? 'holds' : 'holds-not'}>{holds ? words.value.holds : words.value.holdsNot}</b>
              )}
              {values.map((value, at) => (
                <NodeName key={at} node={value} />
              ))}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
