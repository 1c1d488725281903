import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from '../language/language';
import { Icon } from '../page/icon';
import { ask, openAsking } from '../state/asking';
import { queryFile } from '../state/query_file';
import { route } from '../state/route';
import { closeSearch, searchFile, searchWords } from '../state/search';

export function SearchBar() {
  const shown = route.value.words ?? '';
  const [text, setText] = useState(shown);
  const chooser = useRef<HTMLInputElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const file = queryFile.value;
  useEffect(() => setText(shown), [shown]);

  // "/" anywhere outside a field goes to the search, as on many sites.
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (
        event.key !== '/' ||
        event.ctrlKey ||
        event.metaKey ||
        target.closest('input, textarea, select, [contenteditable]')
      )
        return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        searchWords(text);
      }}
    >
      <Icon name="search" />
      {file && <FileChip />}
      <input
        ref={input}
        type="search"
        enterkeyhint="search"
        aria-label={words.value.search}
        placeholder={words.value.searchPlaceholder}
        maxLength={1000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {(text !== '' || file) && (
        <button
          type="button"
          class="icon-button small"
          aria-label={words.value.searchClear}
          title={words.value.searchClear}
          onClick={() => {
            setText('');
            closeSearch();
            input.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
      <button
        type="button"
        class="icon-button small"
        aria-label={words.value.searchFile}
        title={words.value.searchFile}
        onClick={() => chooser.current?.click()}
      >
        <Icon name="picture" />
      </button>
      <button
        type="button"
        class="ask-button"
        aria-current={route.value.asking ? 'page' : undefined}
        onClick={() => {
          setText('');
          if (text.trim() === '') openAsking();
          else void ask(text);
        }}
      >
        <Icon name="bubble" />
        {words.value.ask}
      </button>
      <input
        ref={chooser}
        class="hidden"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        accept="image/*,audio/*"
        onChange={(event) => {
          searchFile(event.currentTarget.files ?? []);
          event.currentTarget.value = '';
        }}
      />
    </form>
  );
}

function FileChip() {
  const held = queryFile.value;
  if (!held) return null;
  return (
    <span class="file-chip" title={held.file.name}>
      {held.modality === 'image' ? <img src={held.address} alt={held.file.name} /> : <Icon name="sound" />}
    </span>
  );
}
