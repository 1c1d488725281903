import type { ComponentChildren } from 'preact';
import type { Item, Locale } from '../api/types';
import { descriptionOf, formatPrice, hueOf, titleOf, wordFor } from '../language/format';
import { locale, words } from '../language/language';
import { FilmPlayer } from '../media/film_player';
import { firstOf, Picture } from '../media/picture';
import { SoundPlayer } from '../media/sound_player';
import { Icon, kindIcon } from '../page/icon';
import { act, type Place } from '../state/acts';
import { goTo } from '../state/route';
import { Actions } from './actions';

interface Props {
  item: Item;
  place: Place;
  /** What stands under the title: the reason, or what a search matched by. */
  children?: ComponentChildren;
  /** "New", "Up 2". */
  badge?: string;
  /** The first of a list, shown larger. */
  leading?: boolean;
  eager?: boolean;
}

const knownKinds = ['film', 'song', 'news', 'post', 'goods'];
const styleOf = (kind: string): string => (knownKinds.includes(kind) ? kind : 'other');

/** One line that tells an item from others of its kind. */
export function byline(item: Item, reader: Locale): string {
  const { artist, director, author, source, year } = item.attributes;
  const person = [artist, director, author, source].find((value) => typeof value === 'string' && value !== '');
  const parts = [
    person as string | undefined,
    typeof year === 'number' ? String(year) : undefined,
    item.categories.slice(0, 2).join(reader === 'zh' ? '、' : ', '),
  ];
  return parts.filter(Boolean).join(' · ');
}

export function openItem(item: string, place: Place): void {
  act({ item, type: 'click' }, place);
  goTo({ item });
}

export function Card({ item, place, children, badge, leading = false, eager = false }: Props) {
  const title = titleOf(item, locale.value);
  const description = descriptionOf(item, locale.value);
  const look = styleOf(item.kind);
  const price = item.attributes.price;
  const wordy = leading || look === 'news' || look === 'post' || firstOf(item, 'image') === null;
  const headingId = `title-${item.id}`;
  return (
    <article
      class={`card card-${look}${leading ? ' card-leading' : ''}`}
      data-kind={look}
      aria-labelledby={headingId}
      style={{ '--hue': String(hueOf(item.id)) }}
    >
      <CardMedia item={item} title={title.text} place={place} eager={eager} />
      <div class="card-body">
        <p class="card-kind">
          <span class="kind">
            <Icon name={kindIcon(item.kind)} />
            {wordFor(words.value.kind, item.kind || 'tag')}
          </span>
          {badge && <span class="badge-new">{badge}</span>}
        </p>
        <h2 class="card-title" id={headingId} lang={title.language || undefined}>
          <button type="button" onClick={() => openItem(item.id, place)}>
            {title.text}
          </button>
        </h2>
        {byline(item, locale.value) && <p class="card-byline">{byline(item, locale.value)}</p>}
        {wordy && description.text && (
          <p class="card-text" lang={description.language || undefined}>
            {description.text}
          </p>
        )}
        {typeof price === 'number' && (
          <p class="card-price">{formatPrice(price, item.attributes.currency, locale.value)}</p>
        )}
        <SongRow item={item} title={title.text} place={place} />
        {children}
        <Actions item={item} place={place} />
      </div>
    </article>
  );
}

function SongRow({ item, title, place }: { item: Item; title: string; place: Place }) {
  const sound = firstOf(item, 'audio');
  if (!sound || item.kind !== 'song') return null;
  return <SoundPlayer item={item.id} title={title} media={sound} place={place} look="wave" />;
}

function CardMedia({ item, title, place, eager }: { item: Item; title: string; place: Place; eager: boolean }) {
  const picture = firstOf(item, 'image');
  const film = firstOf(item, 'video');
  const sound = firstOf(item, 'audio');
  if (film) {
    return (
      <div class="card-media">
        <FilmPlayer item={item.id} title={title} film={film} poster={picture} place={place} eager={eager} />
      </div>
    );
  }
  if (!picture && !sound) return <div class="card-stripe" />;
  return (
    <div class="card-media">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the title's button does the same by keyboard */}
      <div class="card-picture" role="presentation" onClick={() => openItem(item.id, place)}>
        {picture ? <Picture media={picture} eager={eager} /> : <div class="picture-none" />}
      </div>
      {sound && item.kind !== 'song' && (
        <SoundPlayer item={item.id} title={title} media={sound} place={place} look="pill" />
      )}
    </div>
  );
}
