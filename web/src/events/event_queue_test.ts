import { describe, expect, it } from 'vitest';
import type { EventReport, UserEvent } from '../api/types';
import { EventQueue, type EventTransport } from './event_queue';

const event = (id: string): UserEvent => ({ id, user: 'u', item: 'i', type: 'like' });
const taken = (added: number): EventReport => ({ added, unchanged: 0, rejected: [] });
const passing = Object.assign(new Error('away'), { passing: true });
const final = Object.assign(new Error('wrong'), { passing: false });

/** A world without clocks: timers run when told to, answers come from a list. */
class World implements EventTransport {
  sent: string[][] = [];
  beacons: string[][] = [];
  gone: [string[], string][] = [];
  timers: { ms: number; callback: () => void }[] = [];
  answers: (EventReport | Error)[] = [];
  beaconTakes = true;

  async send(events: UserEvent[]): Promise<EventReport> {
    this.sent.push(events.map(({ id }) => id));
    const answer = this.answers.shift() ?? taken(events.length);
    if (answer instanceof Error) throw answer;
    return answer;
  }
  beacon(events: UserEvent[]): boolean {
    if (this.beaconTakes) this.beacons.push(events.map(({ id }) => id));
    return this.beaconTakes;
  }
  later(ms: number, callback: () => void): () => void {
    const timer = { ms, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  lost(events: UserEvent[], reason: string): void {
    this.gone.push([events.map(({ id }) => id), reason]);
  }
  async ring(): Promise<void> {
    this.timers.shift()?.callback();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

describe('EventQueue', () => {
  it('gathers events into one batch', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    for (const id of ['a', 'b', 'c']) queue.add(event(id));
    expect(world.sent).toEqual([]);
    expect(world.timers).toHaveLength(1);
    await world.ring();
    expect(world.sent).toEqual([['a', 'b', 'c']]);
    expect(queue.length).toBe(0);
  });

  it('sends at once when a batch is full, in order', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    for (let i = 0; i < 120; i++) queue.add(event(String(i)));
    await queue.flush();
    expect(world.sent.map((batch) => batch.length)).toEqual([50, 50, 20]);
    expect(world.sent.flat()).toEqual(Array.from({ length: 120 }, (_, i) => String(i)));
  });

  it('keeps what fails for a passing reason and waits twice as long each time, up to 30 s', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    world.answers = Array.from({ length: 7 }, () => passing);
    queue.add(event('a'));
    const pauses = [];
    expect(await queue.flush()).toBe(false);
    for (let i = 0; i < 6; i++) {
      pauses.push(world.timers[0]?.ms);
      await world.ring();
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16000, 30000]);
    expect(world.gone).toEqual([]);
    await world.ring();
    expect(queue.length).toBe(0);
    expect(world.sent.at(-1)).toEqual(['a']);
  });

  it('is patient anew after a success', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    world.answers = [passing, passing, taken(1), passing];
    queue.add(event('a'));
    await queue.flush();
    await world.ring();
    expect(world.timers[0]?.ms).toBe(2000);
    await world.ring();
    expect(queue.length).toBe(0);
    queue.add(event('b'));
    await world.ring();
    expect(world.timers[0]?.ms).toBe(1000);
  });

  it('does not hammer a server that is away when more is done', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    world.answers = [passing];
    queue.add(event('a'));
    await queue.flush();
    for (let i = 0; i < 60; i++) queue.add(event(String(i)));
    expect(world.sent).toEqual([['a']]);
    expect(world.timers).toHaveLength(1);
    await world.ring();
    expect(world.sent.map((batch) => batch.length)).toEqual([1, 50, 11]);
  });

  it('gives up what the server refuses, says so, and goes on', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    world.answers = [final];
    queue.add(event('a'));
    expect(await queue.flush()).toBe(true);
    expect(world.gone).toEqual([[['a'], 'wrong']]);
    queue.add(event('b'));
    await world.ring();
    expect(world.sent).toEqual([['a'], ['b']]);
  });

  it('names the events of a batch that were rejected', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    world.answers = [{ added: 1, unchanged: 0, rejected: [{ index: 1, field: 'value', message: 'too many stars' }] }];
    queue.add(event('a'));
    queue.add(event('b'));
    await queue.flush();
    expect(world.gone).toEqual([[['b'], 'too many stars']]);
    expect(queue.length).toBe(0);
  });

  it('sends what is added while a batch is under way, and only once', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    queue.add(event('a'));
    const first = queue.flush();
    queue.add(event('b'));
    await Promise.all([first, queue.flush()]);
    expect(world.sent).toEqual([['a'], ['b']]);
  });

  it('hands over what waits when the page is left, and keeps what is not taken', async () => {
    const world = new World();
    const queue = new EventQueue(world);
    for (let i = 0; i < 10; i++) queue.add(event(String(i)));
    queue.leave();
    expect(world.beacons.flat()).toHaveLength(10);
    expect(queue.length).toBe(0);
    queue.add(event('late'));
    world.beaconTakes = false;
    queue.leave();
    expect(queue.length).toBe(1);
  });

  it('drops the oldest, saying so, rather than grow for ever', async () => {
    const world = new World();
    world.answers = Array.from({ length: 100 }, () => passing);
    const queue = new EventQueue(world);
    queue.add(event('first'));
    await queue.flush();
    for (let i = 0; i < 1000; i++) queue.add(event(String(i)));
    expect(queue.length).toBe(1000);
    expect(world.gone).toEqual([[['first'], 'full']]);
  });
});
