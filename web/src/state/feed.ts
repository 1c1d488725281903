import { batch, computed, effect, signal } from '@preact/signals';
import { type RecommendationQuery, recommend } from '../api/client';
import type { EventType, RecommendedItem } from '../api/types';
import { compareLists, type ListChange } from '../feed/list_change';
import { locale } from '../language/language';
import { onAct, queue } from './acts';
import { keepItems } from './items';
import { faultText, tell } from './notes';
import { currentUser, loadHistory } from './people';
import { playing } from './playing';
import { atFeed } from './query_file';
import { route } from './route';
import { modelsKey } from './server';

export interface FeedEntry extends RecommendedItem {
  /** The request that showed it: a list grown by "more" has several. */
  request: string;
}

export interface Feed {
  status: 'loading' | 'ready' | 'error';
  entries: FeedEntry[];
  personal: boolean;
  versions: Record<string, string>;
  change: ListChange | null;
  /** Fewer came than were asked for. */
  complete: boolean;
  error: unknown;
}

const empty: Feed = {
  status: 'loading',
  entries: [],
  personal: true,
  versions: {},
  change: null,
  complete: false,
  error: null,
};
const pageSize = 10;
const mostEntries = 50;
const restMs = 900;

export const feed = signal<Feed>(empty);
export const refreshing = signal(false);
export const loadingMore = signal(false);
export const kindFilter = signal('');
export const categoryFilter = signal('');
/** Items waved away: gone at once, before the next list comes. */
export const skipped = signal<ReadonlySet<string>>(new Set());
export const shownEntries = computed(() => feed.value.entries.filter((entry) => !skipped.value.has(entry.item.id)));

// The page records where the cards stand just before the list changes, to move them from there.
let beforeChange: () => void = () => {};
export function onBeforeFeedChange(callback: () => void): void {
  beforeChange = callback;
}

let underWay: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

function query(n: number): RecommendationQuery {
  return { n, locale: locale.peek(), kind: kindFilter.peek(), category: categoryFilter.peek() };
}

// A card that plays keeps its place, so that nothing is cut off in the middle.
function withPlaying(entries: FeedEntry[], before: FeedEntry[]): FeedEntry[] {
  const next = [...entries];
  for (const [index, entry] of before.entries()) {
    if (!playing.peek().has(entry.item.id) || next.some((other) => other.item.id === entry.item.id)) continue;
    next.splice(Math.min(index, next.length), 0, entry);
  }
  return next;
}

async function load(fresh: boolean): Promise<void> {
  const user = currentUser.peek();
  if (!user) return;
  clearTimeout(timer);
  underWay?.abort();
  const controller = new AbortController();
  underWay = controller;
  if (fresh) feed.value = empty;
  else refreshing.value = true;
  const n = fresh ? pageSize : Math.min(mostEntries, Math.max(pageSize, feed.peek().entries.length));
  try {
    await queue.flush();
    const answer = await recommend(user.id, query(n), controller.signal);
    if (underWay !== controller) return;
    keepItems(answer.items.map((entry) => entry.item));
    const before = fresh ? [] : shownEntries.peek();
    const entries = withPlaying(
      answer.items.map((entry) => ({ ...entry, request: answer.request })),
      before,
    );
    const change = fresh
      ? null
      : compareLists(
          before.map((entry) => entry.item.id),
          entries.map((entry) => entry.item.id),
        );
    const { personal, versions } = answer;
    beforeChange();
    batch(() => {
      feed.value = {
        status: 'ready',
        entries,
        personal,
        versions,
        change,
        complete: answer.items.length < n,
        error: null,
      };
      skipped.value = new Set();
    });
  } catch (error) {
    if (underWay !== controller) return;
    if (fresh || feed.peek().status !== 'ready') feed.value = { ...empty, status: 'error', error };
    else tell(faultText(error));
  } finally {
    if (underWay === controller) refreshing.value = false;
  }
}

export const reloadFeed = (): Promise<void> => load(true);
export const refreshFeed = (): Promise<void> => load(false);

/** Appends what comes next, without what is already shown. */
export async function loadMore(): Promise<void> {
  const user = currentUser.peek();
  if (!user || loadingMore.peek()) return;
  loadingMore.value = true;
  const now = feed.peek();
  try {
    const exclude = now.entries.map((entry) => entry.item.id);
    const answer = await recommend(user.id, { ...query(pageSize), exclude });
    keepItems(answer.items.map((entry) => entry.item));
    const current = feed.peek();
    if (current !== now) return;
    const present = new Set(exclude);
    const more = answer.items
      .filter((entry) => !present.has(entry.item.id))
      .map((entry) => ({ ...entry, request: answer.request }));
    const complete = answer.items.length < pageSize || current.entries.length + more.length >= mostEntries;
    beforeChange();
    feed.value = { ...current, entries: [...current.entries, ...more], change: null, complete };
  } catch (error) {
    tell(faultText(error));
  } finally {
    loadingMore.value = false;
  }
}

// Nothing is asked for that is not shown: the server takes every list it gives for seen.
const covered = computed(() => !atFeed.value || route.value.item !== null);
let due: 'nothing' | 'refresh' | 'reload' = 'nothing';

/** Chooses again soon; acts in quick succession are answered by one list. */
export function refreshSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!covered.peek()) void refreshFeed();
    else if (due === 'nothing') due = 'refresh';
  }, restMs);
}

const telling: EventType[] = [
  'image_view',
  'like',
  'favourite',
  'rating',
  'comment',
  'share',
  'skip',
  'purchase',
  'listen',
  'watch',
];

export function followActs(): void {
  onAct((event) => {
    if (event.type === 'skip' && event.item) {
      beforeChange();
      skipped.value = new Set([...skipped.peek(), event.item]);
    }
    if (telling.includes(event.type)) refreshSoon();
  });
  const asked = computed(() => [currentUser.value, locale.value, kindFilter.value, categoryFilter.value]);
  effect(() => {
    if (!asked.value) return;
    if (atFeed.peek()) void reloadFeed();
    else due = 'reload';
  });
  // What was done on an opened item or a hit changes the list behind it once that can be seen.
  effect(() => {
    if (covered.value || due === 'nothing') return;
    if (due === 'reload') void reloadFeed();
    else refreshSoon();
    due = 'nothing';
  });
  let models = '';
  effect(() => {
    const now = modelsKey.value;
    if (models && now !== models) refreshSoon();
    models = now;
  });
}

/** After the server may have been away: everything of the current user again. */
export function retryFeed(): void {
  void reloadFeed();
  void loadHistory();
}
