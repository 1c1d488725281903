import { signal } from '@preact/signals';

/** What the address says is shown: #/ask, #/search/WORDS, else the feed; #/item/ID over each. */
export interface Route {
  asking: boolean;
  words: string | null;
  item: string | null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function readRoute(hash: string): Route {
  const route: Route = { asking: false, words: null, item: null };
  const parts = hash.replace(/^#\/?/, '').split('/');
  if (parts[0] === 'ask') {
    route.asking = true;
    parts.shift();
  }
  for (let i = 0; i + 1 < parts.length; i += 2) {
    if (parts[i] === 'search' && !route.asking) route.words = decode(parts[i + 1] ?? '');
    if (parts[i] === 'item') route.item = decode(parts[i + 1] ?? '');
  }
  return route;
}

export function writeRoute({ asking, words, item }: Route): string {
  const view = asking ? '/ask' : words ? `/search/${encodeURIComponent(words)}` : '';
  const detail = item ? `/item/${encodeURIComponent(item)}` : '';
  return `#${view}${detail || (view ? '' : '/')}`;
}

export const route = signal<Route>(readRoute(location.hash));

/** An address that leads to `item` from anywhere. */
export const itemAddress = (item: string): string =>
  `${location.origin}${location.pathname}${writeRoute({ asking: false, words: null, item })}`;

// How many steps of the browser's history are ours: going back that far never leaves the page.
const depth = (): number => (history.state as { depth?: number } | null)?.depth ?? 0;

export function goTo(next: Partial<Route>): void {
  const hash = writeRoute({ ...route.peek(), ...next });
  if (hash === writeRoute(route.peek())) return;
  history.pushState({ depth: depth() + 1 }, '', hash);
  route.value = readRoute(hash);
}

/** Back to where the item was opened from; never out of the page. */
export function closeItem(): void {
  if (depth() > 0) history.back();
  else goTo({ item: null });
}

addEventListener('popstate', () => {
  route.value = readRoute(location.hash);
});
