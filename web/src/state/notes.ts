import { signal } from '@preact/signals';
import { ApiError } from '../api/client';
import { words } from '../language/language';

export interface Note {
  id: number;
  text: string;
}

/** Short messages at the foot of the page, read out by screen readers. */
export const notes = signal<Note[]>([]);

let count = 0;
const stayMs = 4500;

export function tell(text: string): void {
  count += 1;
  const note = { id: count, text };
  notes.value = [...notes.value.filter((other) => other.text !== text).slice(-2), note];
  setTimeout(() => {
    notes.value = notes.value.filter((other) => other.id !== note.id);
  }, stayMs);
}

/** What to tell a person of a failure, beyond what did not work. */
export function faultText(error: unknown): string {
  if (error instanceof ApiError && error.code === 'cut_off') return words.value.brokenOff;
  if (error instanceof ApiError) return error.status === 0 ? words.value.unreachable : error.message;
  return error instanceof Error ? error.message : String(error);
}
