import { type Signal, signal } from '@preact/signals';
import { getItem, listItems } from '../api/client';
import type { Item } from '../api/types';

// Items by id as they come by, so that a past item's picture needs one request at most.
const known = new Map<string, Signal<Item | null>>();
const asked = new Set<string>();

function slot(id: string): Signal<Item | null> {
  let found = known.get(id);
  if (!found) {
    found = signal<Item | null>(null);
    known.set(id, found);
  }
  return found;
}

/** Kinds seen so far, and the categories of each, for the filters. */
export const kindsSeen = signal<Map<string, Set<string>>>(new Map());

/** Items of the first look at the catalogue. */
export const itemsSeen = signal<Item[]>([]);

export function keepItems(items: Item[]): void {
  let grown: Map<string, Set<string>> | null = null;
  for (const item of items) {
    slot(item.id).value = item;
    if (!item.kind) continue;
    const categories = (grown ?? kindsSeen.peek()).get(item.kind);
    if (categories && item.categories.every((category) => categories.has(category))) continue;
    grown ??= new Map(kindsSeen.peek());
    grown.set(item.kind, new Set([...(categories ?? []), ...item.categories]));
  }
  if (grown) kindsSeen.value = grown;
}

/** The item as soon as it is known; asks for it once. */
export function itemById(id: string): Signal<Item | null> {
  const found = slot(id);
  if (!found.peek() && !asked.has(id)) {
    asked.add(id);
    getItem(id).then(
      (item) => keepItems([item]),
      () => {
        // An item deleted since has no picture; its title came with the fact.
      },
    );
  }
  return found;
}

const samples = 4;
const sampleSize = 60;

/** Reads a few pages spread over the catalogue, so that the filters offer every kind from the start. */
export async function sampleCatalogue(): Promise<void> {
  const first = await listItems({ limit: sampleSize });
  keepItems(first.items);
  itemsSeen.value = first.items;
  const step = Math.floor(first.total / samples);
  if (step <= sampleSize / samples) return;
  const offsets = Array.from({ length: samples - 1 }, (_, i) => (i + 1) * step);
  const pages = await Promise.all(offsets.map((offset) => listItems({ offset, limit: sampleSize })));
  for (const page of pages) keepItems(page.items);
  itemsSeen.value = [first, ...pages].flatMap((page) => page.items);
}
