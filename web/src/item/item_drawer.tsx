import { useEffect, useRef, useState } from 'preact/hooks';
import { getItem, similarItems } from '../api/client';
import type { Item, RecommendedItem } from '../api/types';
import { Actions, Stars } from '../feed/actions';
import { byline } from '../feed/card';
import { descriptionOf, formatAttribute, formatPrice, titleOf, wordFor } from '../language/format';
import { locale, words } from '../language/language';
import { FilmPlayer } from '../media/film_player';
import { firstOf, Picture, Thumbnail } from '../media/picture';
import { SoundPlayer } from '../media/sound_player';
import { Icon, kindIcon } from '../page/icon';
import { Notes } from '../page/notes';
import { Fault, Notice } from '../page/notice';
import { Reason } from '../reasons/reason';
import { act, type Place } from '../state/acts';
import { feed } from '../state/feed';
import { itemById, keepItems } from '../state/items';
import { tell } from '../state/notes';
import { deeds, type Loading } from '../state/people';
import { closeItem, goTo, route } from '../state/route';
import { DigestSection } from './digest';

const similarCount = 8;
const shortestLookS = 1;

/** The opened item beside the list it came from. */
export function ItemDrawer() {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = route.value.item;
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (id !== null && !element.open) element.showModal();
    if (id === null && element.open) element.close();
    element.querySelector('.drawer-scroll')?.scrollTo({ top: 0 });
  }, [id]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog without our help
    <dialog
      ref={dialog}
      class="drawer"
      aria-label={words.value.about}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        closeItem();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) closeItem();
      }}
    >
      {id !== null && <OpenedItem key={id} id={id} />}
      {id !== null && <Notes />}
    </dialog>
  );
}

/** Notes how long the item was really looked at: hidden tabs do not count. */
function useLookMeter(id: string, request: string): void {
  useEffect(() => {
    let since = document.visibilityState === 'visible' ? performance.now() : null;
    let looked = 0;
    const pause = (): void => {
      if (since !== null) looked += performance.now() - since;
      since = null;
    };
    const change = (): void => {
      if (document.visibilityState === 'hidden') pause();
      else since ??= performance.now();
    };
    const note = (): void => {
      pause();
      const seconds = Math.round(looked / 10) / 100;
      looked = 0;
      if (seconds >= shortestLookS)
        act({ item: id, type: 'image_view', value: seconds, modality: 'image' }, { surface: 'item', request });
    };
    document.addEventListener('visibilitychange', change);
    addEventListener('pagehide', note, { capture: true });
    return () => {
      note();
      document.removeEventListener('visibilitychange', change);
      removeEventListener('pagehide', note, { capture: true });
    };
  }, [id, request]);
}

function OpenedItem({ id }: { id: string }) {
  const [fault, setFault] = useState<unknown>(null);
  const item = itemById(id).value;
  // What the feed says of it, as long as it stands there; kept while the drawer is open.
  const entry = useRef(feed.peek().entries.find((other) => other.item.id === id) ?? null).current;
  const load = (): void => {
    setFault(null);
    getItem(id).then((found) => keepItems([found]), setFault);
  };
  useEffect(() => {
    if (!item) load();
  }, [id]);
  const title = item ? titleOf(item, locale.value) : null;
  return (
    <div class="drawer-scroll">
      <button
        type="button"
        class="icon-button drawer-close"
        aria-label={words.value.close}
        title={words.value.close}
        onClick={closeItem}
      >
        <Icon name="close" />
      </button>
      {item && title && <Details item={item} title={title.text} language={title.language} entry={entry} />}
      {!item && fault === null && <Notice icon="eye" title={words.value.loading} />}
      {!item && fault !== null && <Fault title={words.value.itemError} error={fault} retry={load} />}
    </div>
  );
}

interface DetailsProps {
  item: Item;
  title: string;
  language: string;
  entry: (RecommendedItem & { request: string }) | null;
}

function Details({ item, title, language, entry }: DetailsProps) {
  const place: Place = { surface: 'item', request: entry?.request ?? '' };
  useLookMeter(item.id, place.request);
  const description = descriptionOf(item, locale.value);
  const sound = firstOf(item, 'audio');
  return (
    <>
      <Stage item={item} title={title} place={place} />
      <div class="drawer-body" data-kind={item.kind}>
        <p class="card-kind">
          <span class="kind">
            <Icon name={kindIcon(item.kind)} />
            {wordFor(words.value.kind, item.kind || 'tag')}
          </span>
        </p>
        <h2 lang={language || undefined}>{title}</h2>
        <p class="card-byline">{byline(item, locale.value)}</p>
        {sound && <SoundPlayer item={item.id} title={title} media={sound} place={place} look="wave" />}
        <div class="drawer-acts">
          <Actions item={item} place={place} full />
          <Stars item={item} place={place} />
        </div>
        {entry && <Reason explanation={entry.explanation} />}
        {description.text && (
          <p class="drawer-text" lang={description.language || undefined}>
            {description.text}
          </p>
        )}
        <Facts item={item} />
        <DigestSection item={item} />
        <Comments item={item} place={place} />
        <Similar item={item} />
      </div>
    </>
  );
}

function Stage({ item, title, place }: { item: Item; title: string; place: Place }) {
  const picture = firstOf(item, 'image');
  const film = firstOf(item, 'video');
  if (film) {
    return (
      <div class="stage stage-film">
        <FilmPlayer item={item.id} title={title} film={film} poster={picture} place={place} eager />
      </div>
    );
  }
  if (!picture) return null;
  return (
    <div class="stage">
      <div class="glow" aria-hidden="true">
        <Picture media={picture} eager />
      </div>
      <Picture media={picture} eager />
    </div>
  );
}

function Facts({ item }: { item: Item }) {
  const known = Object.entries(item.attributes).filter(
    ([name, value]) => name !== 'currency' && value !== '' && typeof value !== 'object',
  );
  const lists = Object.entries(item.attributes).filter(([, value]) => Array.isArray(value) && value.length > 0);
  const tags = [...new Set([...item.categories, ...item.tags])];
  return (
    <>
      {known.length + lists.length > 0 && (
        <dl class="attributes">
          {[...known, ...lists].map(([name, value]) => (
            <div key={name}>
              <dt>{wordFor(words.value.attributeNames, name)}</dt>
              <dd>
                {name === 'price' && typeof value === 'number'
                  ? formatPrice(value, item.attributes.currency, locale.value)
                  : formatAttribute(value, locale.value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {tags.length > 0 && (
        <ul class="tags">
          {tags.map((tag) => (
            <li key={tag}>{tag}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Comments({ item, place }: { item: Item; place: Place }) {
  const [text, setText] = useState('');
  const said = deeds.value.comments.get(item.id) ?? [];
  const send = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === '' || !act({ item: item.id, type: 'comment', text: text.trim() }, place)) return;
    setText('');
    tell(words.peek().commentSent);
  };
  return (
    <section class="comments">
      <h3>{words.value.comments}</h3>
      {said.length > 0 && (
        <ul>
          {said.map((comment) => (
            <li key={comment}>{comment}</li>
          ))}
        </ul>
      )}
      <form onSubmit={send}>
        <textarea
          rows={2}
          maxLength={2000}
          aria-label={words.value.yourComment}
          placeholder={words.value.yourComment}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={text.trim() === ''}>
          {words.value.sendComment}
        </button>
      </form>
    </section>
  );
}

function Similar({ item }: { item: Item }) {
  const [found, setFound] = useState<Loading<RecommendedItem[]>>({ status: 'loading' });
  const [tries, setTries] = useState(0);
  const reader = locale.value;
  useEffect(() => {
    let wanted = true;
    setFound({ status: 'loading' });
    similarItems(item.id, similarCount, reader).then(
      (value) => {
        keepItems(value.map((entry) => entry.item));
        if (wanted) setFound({ status: 'ready', value });
      },
      (error: unknown) => wanted && setFound({ status: 'error', error }),
    );
    return () => {
      wanted = false;
    };
  }, [item.id, reader, tries]);
  return (
    <section class="similar">
      <h3>{words.value.similar}</h3>
      {found.status === 'loading' && <p class="chooser-note">{words.value.loading}</p>}
      {found.status === 'error' && (
        <Fault small title={words.value.similarError} error={found.error} retry={() => setTries(tries + 1)} />
      )}
      {found.status === 'ready' && found.value.length === 0 && <p class="chooser-note">{words.value.noSimilar}</p>}
      {found.status === 'ready' && found.value.length > 0 && (
        <ul>
          {found.value.map((entry) => (
            <SimilarItem key={entry.item.id} entry={entry} />
          ))}
        </ul>
      )}
    </section>
  );
}

function SimilarItem({ entry }: { entry: RecommendedItem }) {
  const title = titleOf(entry.item, locale.value);
  const open = (): void => {
    act({ item: entry.item.id, type: 'click' }, { surface: 'similar', request: '' });
    goTo({ item: entry.item.id });
  };
  return (
    <li>
      <button type="button" class="similar-item" onClick={open}>
        <Thumbnail item={entry.item} id={entry.item.id} />
        <span class="similar-title" lang={title.language || undefined}>
          {title.text}
        </span>
        <span class="similar-kind">{wordFor(words.value.kind, entry.item.kind || 'tag')}</span>
        {entry.explanation?.sentence && <span class="similar-why">{entry.explanation.sentence}</span>}
      </button>
    </li>
  );
}
