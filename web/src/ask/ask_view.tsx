import { useEffect, useRef } from 'preact/hooks';
import { locale, words } from '../language/language';
import { Thumbnail } from '../media/picture';
import { Icon } from '../page/icon';
import { ask, newConversation, turns } from '../state/asking';
import { itemsSeen } from '../state/items';
import { closeSearch } from '../state/search';
import { Announcer } from './announcer';
import { Composer, focusComposer } from './composer';
import { exampleQuestions } from './example_questions';
import { TurnView } from './turn_view';

/** The conversation: questions, their answers, and the field for the next one. */
export function AskView() {
  const strings = words.value;
  const list = useRef<HTMLDivElement>(null);
  const asked = turns.value;
  const newest = asked.at(-1)?.id;
  const seen = useRef(newest);
  useEffect(() => {
    const turn = list.current?.querySelector('.turn:last-child');
    const moving = newest !== seen.current && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (turn) turn.scrollIntoView({ block: 'start', behavior: moving ? 'smooth' : 'auto' });
    else scrollTo({ top: 0 });
    seen.current = newest;
    focusComposer();
  }, [newest]);
  return (
    <main class="content ask" id="content">
      <div class="ask-head">
        <button type="button" class="back link" onClick={closeSearch}>
          <Icon name="arrowLeft" />
          {strings.backToFeed}
        </button>
        {asked.length > 0 && (
          <button type="button" class="back link" onClick={newConversation}>
            <Icon name="plus" />
            {strings.askNew}
          </button>
        )}
      </div>
      <div class={asked.length > 0 ? 'ask-intro ask-intro-small' : 'ask-intro'}>
        <h1>{strings.askTitle}</h1>
        <p class="intro-text">{strings.askIntro}</p>
      </div>
      {asked.length === 0 && <Examples />}
      <div class="turns" ref={list} tabIndex={-1} role="group" aria-label={strings.answers}>
        {asked.map((turn) => (
          <TurnView key={turn.id} turn={turn} />
        ))}
      </div>
      <Announcer />
      <Composer />
    </main>
  );
}

function Examples() {
  const examples = exampleQuestions(itemsSeen.value, locale.value, words.value);
  if (examples.length === 0) return null;
  return (
    <section class="examples">
      <h2>{words.value.askExamples}</h2>
      <ul>
        {examples.map(({ question, item }) => (
          <li key={question}>
            <button type="button" class="example" onClick={() => void ask(question)}>
              <Thumbnail item={item} id={item.id} />
              <span>{question}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
