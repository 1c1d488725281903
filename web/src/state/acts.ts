import { beaconEvents, postEvents } from '../api/client';
import type { EventType, Modality, UserEvent } from '../api/types';
import { EventQueue } from '../events/event_queue';
import { words } from '../language/language';
import { tell } from './notes';
import { currentUser, history } from './people';

export function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('');
}

const session = randomName();

export const queue = new EventQueue({
  send: postEvents,
  beacon: beaconEvents,
  later: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  lost: (events, reason) => {
    const gone = new Set(events);
    history.value = history.value.filter((event) => !gone.has(event));
    tell(`${words.value.lost} ${reason}`);
  },
});

/** Where on the page something was done: the request that showed it, and its place there. */
export interface Place {
  surface: 'feed' | 'search' | 'item' | 'similar' | 'answer';
  request: string;
  position?: number;
}

export interface Deed {
  item?: string;
  type: EventType;
  value?: number;
  text?: string;
  modality?: Modality;
}

// Whoever shows a list learns of every act here.
const listeners = new Set<(event: UserEvent) => void>();

export function onAct(listener: (event: UserEvent) => void): void {
  listeners.add(listener);
}

/** Notes what the current user did; false (and a word to the person) where nobody is chosen. */
export function act(deed: Deed, place: Place): boolean {
  const user = currentUser.peek();
  if (!user) {
    if (deed.type !== 'click' && deed.type !== 'search' && !deed.modality) tell(words.peek().chooseFirst);
    return false;
  }
  const context: Record<string, string | number> = { surface: place.surface };
  if (place.position !== undefined) context.position = place.position;
  const event: UserEvent = {
    id: randomName(),
    user: user.id,
    ...deed,
    session,
    time: new Date().toISOString(),
    context,
  };
  if (place.request) event.request = place.request;
  queue.add(event);
  history.value = [event, ...history.peek()];
  for (const listener of listeners) listener(event);
  return true;
}

/** Sends what waits when the page is left, also where a phone only hides it and kills it later. */
export function sendOnLeave(): void {
  addEventListener('pagehide', () => queue.leave());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') queue.leave();
  });
}
