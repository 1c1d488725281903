import { describe, expect, it, vi } from 'vitest';

vi.stubGlobal('location', { hash: '', origin: 'http://medley', pathname: '/' });
vi.stubGlobal('addEventListener', () => {});
const { readRoute, writeRoute } = await import('./route');

describe('the route', () => {
  it('survives the address', () => {
    for (const route of [
      { words: null, item: null },
      { words: 'red / summer #1', item: null },
      { words: null, item: 'a/b c%20' },
      { words: '红 裙', item: 'film-1' },
    ]) {
      expect(readRoute(writeRoute(route))).toEqual(route);
    }
  });
  it('takes any address', () => {
    for (const hash of ['', '#', '#/', '#/item', '#/item/%E0%A4%A', '#/nothing/at/all']) {
      expect(() => readRoute(hash)).not.toThrow();
    }
  });
});
