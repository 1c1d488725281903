import type { EventType, UserEvent } from '../api/types';
import { wordFor } from '../language/format';
import { words } from '../language/language';
import { Thumbnail } from '../media/picture';
import { Filters } from '../page/filters';
import { Icon, type IconName } from '../page/icon';
import { Fault, Notice } from '../page/notice';
import { Reason } from '../reasons/reason';
import {
  categoryFilter,
  type FeedEntry,
  feed,
  kindFilter,
  loadingMore,
  loadMore,
  refreshFeed,
  refreshing,
  retryFeed,
  shownEntries,
} from '../state/feed';
import { itemById } from '../state/items';
import { currentUser, history, historySize } from '../state/people';
import { serverState } from '../state/server';
import { Avatar } from '../users/avatar';
import { labelsOf } from '../users/user_match';
import { Card, openItem } from './card';
import { Cell, GhostGrid, Grid } from './grid';

const trailLength = 8;
const trailIcons: Record<EventType, IconName> = {
  click: 'eye',
  browse: 'eye',
  image_view: 'eye',
  favourite: 'bookmark',
  rating: 'star',
  search: 'search',
  comment: 'bubble',
  watch: 'film',
  listen: 'sound',
  like: 'heart',
  share: 'share',
  skip: 'skip',
  purchase: 'bag',
};

export function FeedView() {
  const { status, error } = feed.value;
  return (
    <main class="content" id="content">
      <Intro />
      <div class="toolbar">
        <Filters />
        <Status />
      </div>
      {status === 'loading' && <GhostGrid />}
      {status === 'error' && <Fault title={words.value.feedError} error={error} retry={retryFeed} />}
      {status === 'ready' && <Entries />}
    </main>
  );
}

function Intro() {
  const user = currentUser.value;
  if (!user) return null;
  const { status, personal } = feed.value;
  const count = history.value.length;
  const labels = labelsOf(user, (name) => wordFor(words.value.attributeNames, name));
  return (
    <div class="intro">
      <Avatar name={user.id} large />
      <div class="intro-words">
        <h1>{words.value.feedFor(user.id)}</h1>
        <p class="intro-text">
          {labels && (
            <>
              <span class="intro-labels">{labels}</span>
              {' — '}
            </>
          )}
          {status === 'ready' &&
            (personal
              ? count > 0 && words.value.feedPersonal(count, count >= historySize)
              : words.value.feedNotPersonal)}
        </p>
      </div>
      <Trail />
    </div>
  );
}

/** The last items that something was done with, newest first, each with what was done last. */
function lastActs(events: UserEvent[]): UserEvent[] {
  const found = new Map<string, UserEvent>();
  for (const event of events) {
    if (event.item && !found.has(event.item)) found.set(event.item, event);
    if (found.size === trailLength) break;
  }
  return [...found.values()];
}

function Trail() {
  const acts = lastActs(history.value);
  if (acts.length === 0) return null;
  return (
    <div class="trail">
      <p class="trail-title" id="trail-title">
        {words.value.lately}
      </p>
      <ul aria-labelledby="trail-title">
        {acts.map((event) => (
          <TrailStep key={event.item} event={event} />
        ))}
      </ul>
    </div>
  );
}

function TrailStep({ event }: { event: UserEvent }) {
  const id = event.item ?? '';
  const item = itemById(id).value;
  const what = words.value.eventNames[event.type] ?? event.type;
  const label = `${what}: ${item?.title || id}`;
  return (
    <li>
      <button
        type="button"
        class="trail-step"
        aria-label={label}
        title={label}
        onClick={() => openItem(id, { surface: 'feed', request: '' })}
      >
        <Thumbnail item={item} id={id} />
        <span class={`trail-sign sign-${event.type}`}>
          <Icon name={trailIcons[event.type] ?? 'eye'} filled={event.type === 'like'} />
        </span>
      </button>
    </li>
  );
}

function Status() {
  const { status, change } = feed.value;
  const text = refreshing.value
    ? words.value.updating
    : change
      ? words.value.changed(change.added.length, change.moved.size)
      : '';
  return (
    <div class="status">
      <p class={refreshing.value ? 'status-text status-busy' : 'status-text'} role="status">
        {text}
      </p>
      <button
        type="button"
        class="icon-button framed"
        aria-label={words.value.refresh}
        title={words.value.refresh}
        disabled={status !== 'ready' || refreshing.value}
        onClick={() => void refreshFeed()}
      >
        <Icon name="refresh" />
      </button>
    </div>
  );
}

function badgeOf(entry: FeedEntry): string | undefined {
  const change = feed.value.change;
  if (change?.added.includes(entry.item.id)) return words.value.isNew;
  const gained = change?.moved.get(entry.item.id);
  if (!gained) return undefined;
  return gained > 0 ? words.value.movedUp(gained) : words.value.movedDown(-gained);
}

function Entries() {
  const entries = shownEntries.value;
  const strings = words.value;
  if (entries.length === 0) return <Nothing />;
  return (
    <>
      <Grid label={strings.feedFor(currentUser.value?.id ?? '')} busy={refreshing.value} version={entries} moving>
        {entries.map((entry, index) => {
          const badge = badgeOf(entry);
          return (
            <Cell key={entry.item.id} id={entry.item.id} wide={index === 0}>
              <Card
                item={entry.item}
                place={{ surface: 'feed', request: entry.request, position: index + 1 }}
                leading={index === 0}
                eager={index < 4}
                {...(badge ? { badge } : {})}
              >
                <Reason explanation={entry.explanation} />
              </Card>
            </Cell>
          );
        })}
      </Grid>
      <div class="more">
        {feed.value.complete ? (
          <p>{strings.noMore}</p>
        ) : (
          <button type="button" class="button" disabled={loadingMore.value} onClick={() => void loadMore()}>
            {loadingMore.value ? strings.loading : strings.more}
          </button>
        )}
      </div>
    </>
  );
}

function Nothing() {
  const strings = words.value;
  if (serverState.value?.items === 0)
    return <Notice icon="bag" title={strings.catalogueEmpty} text={strings.catalogueEmptyMore} />;
  const filtered = kindFilter.value !== '' || categoryFilter.value !== '';
  return (
    <Notice icon="search" title={strings.feedEmpty} text={filtered ? strings.feedEmptyMore : ''}>
      {filtered && (
        <button
          type="button"
          class="button"
          onClick={() => {
            kindFilter.value = '';
            categoryFilter.value = '';
          }}
        >
          {strings.clearFilters}
        </button>
      )}
    </Notice>
  );
}
