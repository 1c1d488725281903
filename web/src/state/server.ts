import { effect, signal } from '@preact/signals';
import { getState } from '../api/client';
import type { ServerState } from '../api/types';
import { words } from '../language/language';
import { tell } from './notes';

export const serverState = signal<ServerState | null>(null);
/** Changes whenever the models in use do: what was recommended may be chosen better now. */
export const modelsKey = signal('');

const busyMs = 2000;
const idleMs = 20_000;
let timer: ReturnType<typeof setTimeout> | undefined;

async function look(): Promise<void> {
  clearTimeout(timer);
  try {
    const next = await getState();
    if (serverState.value?.job && !next.job) tell(words.value.jobFinished);
    serverState.value = next;
    modelsKey.value = JSON.stringify([next.models, next.items > 0]);
  } catch {
    // What needs the server says so itself; the next look may succeed.
  }
  const state = serverState.peek();
  timer = setTimeout(look, state === null || state.job || state.items === 0 ? busyMs : idleMs);
}

export function watchServer(): void {
  void look();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void look();
    else clearTimeout(timer);
  });
}

effect(() => {
  document.documentElement.toggleAttribute('data-simulated', serverState.value?.simulated ?? false);
});
