import type { Answer, CitedDocument } from '../api/types';
import { locale, words } from '../language/language';
import { Icon } from '../page/icon';
import { Fault } from '../page/notice';
import { askAgain, type Turn } from '../state/asking';
import { authorText, citedItems, namesakes, reasonText } from './answer_text';
import { CitedItems, Namesakes } from './cited_items';
import { Statements } from './statements';

/** A question and its answer. */
export function TurnView({ turn }: { turn: Turn }) {
  const heading = `question-${turn.id}`;
  return (
    <article class="turn" aria-labelledby={heading}>
      <h2 class="question" id={heading}>
        {turn.question}
      </h2>
      {turn.state === 'failed' ? (
        <div class="answer">
          <Said turn={turn} />
          <Fault small title={words.value.answerError} error={turn.error} retry={() => askAgain(turn)} />
        </div>
      ) : (
        <AnswerCard turn={turn} />
      )}
    </article>
  );
}

function AnswerCard({ turn }: { turn: Turn }) {
  const { answer, state } = turn;
  const unknown = answer?.status === 'unknown';
  const again = state === 'stopped' || answer?.reason === 'sign_in';
  return (
    <div class={unknown ? 'answer answer-unknown' : 'answer'} aria-busy={state === 'asking'}>
      {unknown && (
        <p class="answer-reason">
          <Icon name="unsure" />
          {reasonText(answer.reason, words.value)}
        </p>
      )}
      <Said turn={turn} />
      {state === 'asking' && (
        <p class={turn.said.length === 0 ? 'answer-waits' : 'answer-waits answer-goes-on'}>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span class={turn.said.length === 0 ? '' : 'hidden'}>{words.value.answering}</span>
        </p>
      )}
      {answer && <Grounds answer={answer} />}
      {again && (
        <div class="answer-again">
          {state === 'stopped' && <p>{words.value.answerStopped}</p>}
          <button type="button" class="button" onClick={() => askAgain(turn)}>
            <Icon name="refresh" />
            {words.value.askAgain}
          </button>
        </div>
      )}
    </div>
  );
}

/** The answer's text, part by part as it came. */
function Said({ turn }: { turn: Turn }) {
  const whole = turn.answer?.text;
  const parts = whole !== undefined && turn.said.join('') !== whole ? [whole] : turn.said;
  if (parts.length === 0) return null;
  return (
    <p class="answer-text" lang={turn.answer?.locale || undefined}>
      {parts.map((part, i) => (
        <span key={i}>{part}</span>
      ))}
    </p>
  );
}

/** What the answer shows beside its words: items, quotations, statements, and who worded it. */
function Grounds({ answer }: { answer: Answer }) {
  const several = namesakes(answer);
  const items = citedItems(answer);
  return (
    <>
      {several.length > 0 && <Namesakes results={several} />}
      {items.length > 0 && <CitedItems nodes={items} />}
      {answer.documents.map((document) => (
        <Quotation key={`${document.document} ${document.heading} ${document.quote}`} document={document} of={answer} />
      ))}
      {answer.triples.length > 0 && <Statements triples={answer.triples} />}
      <p class={`author author-${answer.author}`}>
        <Icon name={answer.author === 'template' ? 'text' : answer.author === 'document' ? 'quote' : 'spark'} />
        {authorText(answer, words.value)}
      </p>
    </>
  );
}

// A quotation that is the answer's own words need not be read twice.
function Quotation({ document, of }: { document: CitedDocument; of: Answer }) {
  return (
    <figure class="quotation">
      <figcaption>
        <span class="quotation-title">
          <Icon name="quote" />
          {document.title || document.document}
        </span>
        <span class="quotation-where">{[document.heading, document.source].filter(Boolean).join(' · ')}</span>
      </figcaption>
      <details open={!of.text.includes(document.quote)}>
        <summary>{words.value.quotation}</summary>
        <blockquote lang={locale.value === of.locale ? undefined : of.locale || undefined}>{document.quote}</blockquote>
      </details>
    </figure>
  );
}
