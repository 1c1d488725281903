import { effect, signal } from '@preact/signals';
import { askQuestion } from '../api/answers';
import type { Answer } from '../api/types';
import { randomName } from './acts';
import { currentUser } from './people';
import { goTo } from './route';
import { dropFile } from './search';

/** A question, and what has come of it so far. */
export interface Turn {
  id: number;
  question: string;
  /** The parts of the answer's text, as they came. */
  said: string[];
  state: 'asking' | 'answered' | 'stopped' | 'failed';
  answer: Answer | null;
  error: unknown;
}

/** What was asked in this conversation, oldest first. */
export const turns = signal<Turn[]>([]);

// The server remembers by this name what "it" and "he" may mean.
let session = randomName();
let underWay: AbortController | null = null;
let count = 0;

function change(id: number, grown: Partial<Turn>): void {
  turns.value = turns.peek().map((turn) => (turn.id === id ? { ...turn, ...grown } : turn));
}

/** Shows the conversation, without a question. */
export function openAsking(): void {
  dropFile();
  goTo({ asking: true, words: null, item: null });
}

/** Asks, in place of what is still being answered. */
export async function ask(text: string): Promise<void> {
  const question = text.trim();
  if (question === '') return;
  stopAsking();
  openAsking();
  const controller = new AbortController();
  underWay = controller;
  count += 1;
  const id = count;
  turns.value = [...turns.peek(), { id, question, said: [], state: 'asking', answer: null, error: null }];
  const user = currentUser.peek()?.id;
  const say = (part: string): void => {
    if (underWay === controller)
      change(id, { said: [...(turns.peek().find((turn) => turn.id === id)?.said ?? []), part] });
  };
  try {
    const answer = await askQuestion({ question, session, ...(user ? { user } : {}) }, say, controller.signal);
    if (underWay === controller) change(id, { state: 'answered', answer });
  } catch (error) {
    if (underWay === controller) change(id, { state: 'failed', error });
  } finally {
    if (underWay === controller) underWay = null;
  }
}

/** Waits no longer for the answer that is on its way; what was said of it stays. */
export function stopAsking(): void {
  underWay?.abort();
  underWay = null;
  const last = turns.peek().at(-1);
  if (last?.state === 'asking') change(last.id, { state: 'stopped' });
}

/** Asks the same once more, at the end of the conversation. */
export function askAgain(turn: Turn): void {
  turns.value = turns.peek().filter((other) => other.id !== turn.id);
  void ask(turn.question);
}

export function newConversation(): void {
  stopAsking();
  session = randomName();
  turns.value = [];
}

/** One person's conversation, with what only they may know, is not carried on by another. */
export function followPerson(): void {
  let before: string | undefined;
  effect(() => {
    const now = currentUser.value?.id;
    if (before !== undefined && now !== before) newConversation();
    before = now;
  });
}
