import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { completeAnswer, type Question } from '../api/answers';
import type { Answer } from '../api/types';

interface Asked {
  question: Question;
  said: (text: string) => void;
  signal: AbortSignal;
  answer: (answer: Answer) => void;
  fail: (error: unknown) => void;
}

const asked: Asked[] = [];
const currentUser = signal<{ id: string } | null>(null);
let names = 0;
vi.mock('../api/answers', async (original) => ({
  ...(await original<object>()),
  askQuestion: (question: Question, said: (text: string) => void, signal: AbortSignal) =>
    new Promise<Answer>((answer, fail) => {
      signal.addEventListener('abort', () => fail(new DOMException('stopped', 'AbortError')));
      asked.push({ question, said, signal, answer, fail });
    }),
}));
vi.mock('./acts', () => ({ randomName: () => `name${++names}` }));
vi.mock('./people', () => ({ currentUser }));
vi.mock('./route', () => ({ goTo: () => {} }));
vi.mock('./search', () => ({ dropFile: () => {} }));
const { ask, askAgain, followPerson, newConversation, stopAsking, turns } = await import('./asking');

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));
const states = (): string[] => turns.value.map(({ question, state }) => `${question} ${state}`);
const nth = (n: number): Asked => asked[n] ?? expect.fail(`only ${asked.length} questions were sent`);
const whole = completeAnswer({ status: 'answered', text: 'One. Two.' });

followPerson();
beforeEach(() => {
  newConversation();
  asked.length = 0;
  currentUser.value = null;
});

describe('a conversation', () => {
  it('grows by what is said, then by the answer', async () => {
    void ask(' What? ');
    nth(0).said('One.');
    expect(turns.value).toMatchObject([{ question: 'What?', said: ['One.'], state: 'asking', answer: null }]);
    nth(0).said(' Two.');
    nth(0).answer(whole);
    await settle();
    expect(turns.value).toMatchObject([{ said: ['One.', ' Two.'], state: 'answered', answer: whole }]);
  });
  it('asks nothing where there are no words', () => {
    void ask('  ');
    expect(turns.value).toEqual([]);
    expect(asked).toEqual([]);
  });
  it('lets a new question take the place of one in flight, whose late words are not heard', async () => {
    void ask('First?');
    void ask('Second?');
    expect(nth(0).signal.aborted).toBe(true);
    nth(0).said('Late.');
    nth(1).answer(whole);
    await settle();
    expect(states()).toEqual(['First? stopped', 'Second? answered']);
    expect(turns.value[0]?.said).toEqual([]);
  });
  it('keeps what was said where it is stopped', async () => {
    void ask('What?');
    nth(0).said('One.');
    stopAsking();
    await settle();
    expect(turns.value).toMatchObject([{ said: ['One.'], state: 'stopped', error: null }]);
  });
  it('asks what failed again, in its place', async () => {
    void ask('What?');
    nth(0).fail(new Error('away'));
    await settle();
    expect(states()).toEqual(['What? failed']);
    const [failed] = turns.value;
    if (failed) askAgain(failed);
    expect(states()).toEqual(['What? asking']);
  });
  it('has one session, and a new one begins another', () => {
    void ask('First?');
    void ask('Second?');
    newConversation();
    void ask('Third?');
    const [first, second, third] = asked.map(({ question }) => question.session);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(states()).toEqual(['Third? asking']);
  });
  it('asks for the chosen person, and is not carried on by another', () => {
    void ask('As nobody?');
    currentUser.value = { id: 'ann' };
    void ask('As Ann?');
    expect(states()).toEqual(['As nobody? stopped', 'As Ann? asking']);
    currentUser.value = { id: 'bob' };
    expect(turns.value).toEqual([]);
    expect(nth(1).signal.aborted).toBe(true);
    void ask('As Bob?');
    expect(asked.map(({ question }) => question.user)).toEqual([undefined, 'ann', 'bob']);
    expect(nth(2).question.session).not.toBe(nth(1).question.session);
  });
});
