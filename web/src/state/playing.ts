import { signal } from '@preact/signals';

/** Items whose sound or film plays now: their cards stay while the list around them changes. */
export const playing = signal<ReadonlySet<string>>(new Set());

let current: HTMLMediaElement | null = null;

/** One voice at a time: what played before is paused. */
export function beganPlaying(item: string, element: HTMLMediaElement): void {
  if (current && current !== element) current.pause();
  current = element;
  playing.value = new Set([item]);
}

export function stoppedPlaying(item: string, element: HTMLMediaElement): void {
  if (current === element) current = null;
  if (!playing.value.has(item)) return;
  const rest = new Set(playing.value);
  rest.delete(item);
  playing.value = rest;
}
