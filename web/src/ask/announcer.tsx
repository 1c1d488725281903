import { words } from '../language/language';
import { turns } from '../state/asking';

/** Reads the newest answer out. Each part stands in an element of its own that never changes, so that none is read twice. */
export function Announcer() {
  const turn = turns.value.at(-1);
  const shown = turn?.answer ? words.value.answerShows(turn.answer.items.length, turn.answer.documents.length) : '';
  return (
    <div class="hidden announcer" aria-live="polite" aria-atomic="false" aria-relevant="additions">
      {turn?.state === 'asking' && turn.said.length === 0 && <p key={`${turn.id} waits`}>{words.value.answering}</p>}
      {turn?.said.map((part, i) => (
        <p key={`${turn.id} ${i}`}>{part}</p>
      ))}
      {turn && shown && <p key={`${turn.id} shows`}>{shown}</p>}
      {turn?.state === 'stopped' && <p key={`${turn.id} stopped`}>{words.value.answerStopped}</p>}
    </div>
  );
}
