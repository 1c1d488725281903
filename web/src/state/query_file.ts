import { computed, signal } from '@preact/signals';
import { route } from './route';

/** A picture or a sound to search by, with an address to show it from. */
export interface QueryFile {
  file: File;
  modality: 'image' | 'audio';
  address: string;
}

export const queryFile = signal<QueryFile | null>(null);

/** Whether hits of a search are shown in place of the recommendations. */
export const searching = computed(
  () => !route.value.asking && ((route.value.words ?? '') !== '' || queryFile.value !== null),
);

/** Whether the recommendations are what is shown. */
export const atFeed = computed(() => !searching.value && !route.value.asking);
