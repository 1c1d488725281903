import { computed, signal } from '@preact/signals';
import { ApiError, getUser, listUserEvents, listUsers, putUser } from '../api/client';
import type { User, UserEvent } from '../api/types';
import { locale, words } from '../language/language';
import { recall, remember } from './memory';
import { tell } from './notes';

export type Loading<T> = { status: 'loading' } | { status: 'error'; error: unknown } | { status: 'ready'; value: T };

export interface People {
  users: User[];
  total: number;
}

export const people = signal<Loading<People>>({ status: 'loading' });
export const currentUser = signal<User | null>(null);
/** False until it is known whether the user of the last visit is still there. */
export const userSettled = signal(false);
/** What the current user did, newest first. */
export const history = signal<UserEvent[]>([]);

const pageSize = 1000;
const mostUsers = 5000;
export const historySize = 200;

/** Loads the list that the chooser searches; beyond its first thousands, people are found by their exact name. */
export async function loadPeople(): Promise<void> {
  try {
    let loaded: People = await listUsers(0, pageSize);
    people.value = { status: 'ready', value: loaded };
    while (loaded.users.length < Math.min(loaded.total, mostUsers)) {
      const page = await listUsers(loaded.users.length, pageSize);
      if (page.users.length === 0) break;
      loaded = { users: [...loaded.users, ...page.users], total: page.total };
      people.value = { status: 'ready', value: loaded };
    }
  } catch (error) {
    people.value = { status: 'error', error };
  }
}

export async function loadHistory(): Promise<void> {
  const user = currentUser.peek();
  if (!user) return;
  try {
    const events = await listUserEvents(user.id, historySize);
    if (currentUser.peek()?.id === user.id) history.value = events;
  } catch {
    // The trail is an extra: the list above it says what is wrong with the server.
  }
}

export function chooseUser(user: User): void {
  if (user.id === currentUser.peek()?.id) return;
  history.value = [];
  currentUser.value = user;
  userSettled.value = true;
  remember('user', user.id);
  void loadHistory();
}

/** The user of the last visit, where there still is one. */
export async function restoreUser(): Promise<void> {
  const id = recall('user');
  try {
    if (id) chooseUser(await getUser(id));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      remember('user', null);
      tell(words.peek().userGone(id ?? ''));
    }
  }
  userSettled.value = true;
}

/** Somebody by exact name beyond the loaded list; null: there is nobody. */
export async function findUser(id: string): Promise<User | null> {
  try {
    return await getUser(id);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Errors: as ApiError; already_exists where there is somebody of that name, who would be replaced. */
export async function createUser(id: string): Promise<User> {
  if (await findUser(id)) throw new ApiError(409, 'already_exists', words.peek().userExists(id));
  const user = await putUser({ id, locale: locale.peek() });
  const loaded = people.peek();
  if (loaded.status === 'ready') {
    const { users, total } = loaded.value;
    people.value = { status: 'ready', value: { users: [user, ...users], total: total + 1 } };
  }
  chooseUser(user);
  return user;
}

export interface Deeds {
  liked: Set<string>;
  favourite: Set<string>;
  bought: Set<string>;
  stars: Map<string, number>;
  comments: Map<string, string[]>;
}

/** What the current user did to which item, so that the buttons show it. */
export const deeds = computed<Deeds>(() => {
  const found: Deeds = {
    liked: new Set(),
    favourite: new Set(),
    bought: new Set(),
    stars: new Map(),
    comments: new Map(),
  };
  for (const event of history.value) {
    if (!event.item) continue;
    if (event.type === 'like') found.liked.add(event.item);
    if (event.type === 'favourite') found.favourite.add(event.item);
    if (event.type === 'purchase') found.bought.add(event.item);
    if (event.type === 'rating' && !found.stars.has(event.item)) found.stars.set(event.item, event.value ?? 0);
    if (event.type === 'comment' && event.text) {
      found.comments.set(event.item, [...(found.comments.get(event.item) ?? []), event.text]);
    }
  }
  return found;
});
