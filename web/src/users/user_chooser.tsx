import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { User } from '../api/types';
import { wordFor } from '../language/format';
import { words } from '../language/language';
import { Icon } from '../page/icon';
import { Fault } from '../page/notice';
import { faultText, tell } from '../state/notes';
import { chooseUser, createUser, currentUser, findUser, loadPeople, people } from '../state/people';
import { Avatar } from './avatar';
import { labelsOf, matchUsers } from './user_match';

const mostShown = 60;

/** Finds a person by name or label, or makes a new one. */
export function UserChooser({ done }: { done?: () => void }) {
  const [sought, setSought] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const loaded = people.value;
  const users = loaded.status === 'ready' ? loaded.value.users : [];
  const found = useMemo(() => matchUsers(users, sought), [users, sought]);
  const shown = found.slice(0, mostShown);
  const active = Math.min(at, shown.length - 1);

  const choose = (user: User): void => {
    chooseUser(user);
    done?.();
  };
  // The list holds the first thousands; others are found by their exact name.
  const chooseExact = async (): Promise<void> => {
    try {
      const user = sought.trim() === '' ? null : await findUser(sought.trim());
      if (user) choose(user);
    } catch (error) {
      tell(faultText(error));
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = Math.max(0, Math.min(shown.length - 1, active + (event.key === 'ArrowDown' ? 1 : -1)));
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
      event.preventDefault();
    } else if (event.key === 'Enter') {
      const user = shown[active];
      if (user) choose(user);
      else void chooseExact();
      event.preventDefault();
    }
  };

  if (loaded.status === 'error')
    return <Fault small title={words.value.usersError} error={loaded.error} retry={() => void loadPeople()} />;
  return (
    <div class="chooser">
      <div class="chooser-find">
        <label class="field">
          <Icon name="search" />
          <span class="hidden">{words.value.findUser}</span>
          <input
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={shown.length > 0 ? `${id}-${active}` : undefined}
            aria-autocomplete="list"
            autocomplete="off"
            spellcheck={false}
            placeholder={words.value.findUser}
            value={sought}
            data-first
            onInput={(event) => {
              setSought(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={onKey}
          />
        </label>
        {users.length > 1 && (
          <button
            type="button"
            class="icon-button framed"
            aria-label={words.value.somebody}
            title={words.value.somebody}
            onClick={() => choose(users[Math.floor(Math.random() * users.length)] as User)}
          >
            <Icon name="dice" />
          </button>
        )}
      </div>
      {loaded.status === 'loading' && <p class="chooser-note">{words.value.loading}</p>}
      {loaded.status === 'ready' && shown.length === 0 && (
        <p class="chooser-note">{users.length === 0 ? words.value.noUsers : words.value.noUserFound}</p>
      )}
      <ul class="chooser-list" id={`${id}-list`} role="listbox" aria-label={words.value.chooseUser} ref={list}>
        {shown.map((user, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled where the focus is, in the field above
          <li
            key={user.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={user.id === currentUser.value?.id}
            class={index === active ? 'person active' : 'person'}
            onClick={() => choose(user)}
          >
            <Avatar name={user.id} />
            <span class="person-name">{user.id}</span>
            <span class="person-labels">{labelsOf(user, (name) => wordFor(words.value.attributeNames, name))}</span>
          </li>
        ))}
      </ul>
      {found.length > shown.length && <p class="chooser-note">{words.value.moreUsers(found.length - shown.length)}</p>}
      <NewUser {...(done ? { done } : {})} />
    </div>
  );
}

function NewUser({ done }: { done?: () => void }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (open) field.current?.focus();
  }, [open]);
  const create = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '' || busy) return;
    setBusy(true);
    try {
      await createUser(wanted);
      setName('');
      setFault('');
      setOpen(false);
      done?.();
    } catch (error) {
      setFault(faultText(error));
    } finally {
      setBusy(false);
    }
  };
  if (!open) {
    return (
      <button type="button" class="button chooser-new" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {words.value.newUser}
      </button>
    );
  }
  return (
    <form class="new-user" onSubmit={(event) => void create(event)}>
      <label class="field">
        <span class="hidden">{words.value.newUserName}</span>
        <input
          ref={field}
          type="text"
          placeholder={words.value.newUserName}
          maxLength={100}
          value={name}
          autocomplete="off"
          aria-describedby={`${id}-hint`}
          onInput={(event) => {
            setName(event.currentTarget.value);
            setFault('');
          }}
        />
      </label>
      <button type="submit" class="button button-strong" disabled={name.trim() === '' || busy}>
        {words.value.createUser}
      </button>
      <p class={fault ? 'new-user-hint fault' : 'new-user-hint'} id={`${id}-hint`} role={fault ? 'alert' : undefined}>
        {fault || words.value.newUserHint}
      </p>
    </form>
  );
}
