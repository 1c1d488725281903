import { computed, effect, signal } from '@preact/signals';
import { search } from '../api/client';
import type { SearchHit } from '../api/types';
import { words as strings } from '../language/language';
import { act } from './acts';
import { categoryFilter, kindFilter } from './feed';
import { keepItems } from './items';
import { tell } from './notes';
import type { Loading } from './people';
import { queryFile } from './query_file';
import { goTo, route } from './route';

export const hits = signal<Loading<SearchHit[]> | null>(null);
export const minPrice = signal('');
export const maxPrice = signal('');

const wanted = 24;
const largestBytes = 32 * 1024 * 1024;
let underWay: AbortController | null = null;

const numberOf = (text: string): number | undefined => {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) && value >= 0 ? value : undefined;
};

export function searchWords(text: string): void {
  const trimmed = text.trim();
  if (trimmed === '' && !queryFile.peek()) {
    closeSearch();
    return;
  }
  const again = trimmed === (route.peek().words ?? '');
  if (trimmed !== '') act({ type: 'search', text: trimmed }, { surface: 'search', request: '' });
  goTo({ asking: false, words: trimmed || null, item: null });
  if (again) void runSearch();
}

/** Takes the first picture or sound among `files`; false where there is none. */
export function searchFile(files: Iterable<File>): boolean {
  const all = [...files];
  const file = all.find(({ type }) => type.startsWith('image/') || type.startsWith('audio/'));
  if (!file) {
    if (all.length > 0) tell(strings.peek().notAFile);
    return false;
  }
  if (file.size > largestBytes) {
    tell(strings.peek().tooLarge);
    return false;
  }
  dropFile();
  const modality = file.type.startsWith('image/') ? 'image' : 'audio';
  goTo({ asking: false, words: null, item: null });
  queryFile.value = { file, modality, address: URL.createObjectURL(file) };
  return true;
}

export function dropFile(): void {
  const held = queryFile.peek();
  if (held) URL.revokeObjectURL(held.address);
  queryFile.value = null;
}

export function closeSearch(): void {
  dropFile();
  goTo({ asking: false, words: null, item: null });
}

export async function runSearch(): Promise<void> {
  const text = route.peek().words ?? '';
  const file = queryFile.peek();
  underWay?.abort();
  if (text === '' && !file) {
    hits.value = null;
    return;
  }
  const controller = new AbortController();
  underWay = controller;
  hits.value = { status: 'loading' };
  const filter = {
    n: wanted,
    kind: kindFilter.peek(),
    category: categoryFilter.peek(),
    min_price: numberOf(minPrice.peek()),
    max_price: numberOf(maxPrice.peek()),
  };
  try {
    const found = await search(text, file?.file ?? null, filter, controller.signal);
    if (underWay !== controller) return;
    keepItems(found.map((hit) => hit.item));
    hits.value = { status: 'ready', value: found };
  } catch (error) {
    if (underWay === controller) hits.value = { status: 'error', error };
  }
}

const routeWords = computed(() => route.value.words);

export function followSearch(): void {
  const asked = computed(() => [
    routeWords.value,
    queryFile.value,
    kindFilter.value,
    categoryFilter.value,
    minPrice.value,
    maxPrice.value,
  ]);
  effect(() => {
    if (asked.value) void runSearch();
  });
}
