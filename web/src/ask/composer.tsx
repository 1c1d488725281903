import { useState } from 'preact/hooks';
import { words } from '../language/language';
import { Icon } from '../page/icon';
import { ask, stopAsking, turns } from '../state/asking';

const fieldId = 'question';

/** Where the next question is typed; where that would bring up a keyboard on the screen, it waits for a touch. */
export function focusComposer(): void {
  const field = document.getElementById(fieldId);
  if (matchMedia('(pointer: coarse)').matches) field?.closest('main')?.querySelector<HTMLElement>('.turns')?.focus();
  else field?.focus({ preventScroll: true });
}

export function Composer() {
  const [text, setText] = useState('');
  const busy = turns.value.at(-1)?.state === 'asking';
  const send = (): void => {
    if (text.trim() === '') return;
    void ask(text);
    setText('');
  };
  const stop = (): void => {
    stopAsking();
    focusComposer();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && busy) stop();
    // Enter that ends the choice of a Chinese word is not meant for us; Safari tells it by its code alone.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-field">
        <textarea
          id={fieldId}
          rows={1}
          maxLength={1000}
          enterkeyhint="send"
          aria-label={words.value.askPlaceholder}
          aria-describedby="question-hint"
          placeholder={words.value.askPlaceholder}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKey}
        />
        {busy && (
          <button type="button" class="button composer-stop" onClick={stop}>
            <Icon name="stop" />
            {words.value.askStop}
          </button>
        )}
        <button
          type="submit"
          class="composer-send"
          aria-label={words.value.askSend}
          title={words.value.askSend}
          disabled={text.trim() === ''}
        >
          <Icon name="arrowUp" />
        </button>
      </div>
      <p class="composer-hint" id="question-hint">
        {words.value.askHint}
      </p>
    </form>
  );
}
