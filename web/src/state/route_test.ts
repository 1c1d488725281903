import { describe, expect, it, vi } from 'vitest';

vi.stubGlobal('location', { hash: '', origin: 'http://medley', pathname: '/' });
vi.stubGlobal('addEventListener', () => {});
const { readRoute, writeRoute } = await import('./route');

describe('the route', () => {
  it('survives the address', () => {
    for (const route of [
      { asking: false, words: null, item: null },
      { asking: false, words: 'red / summer #1', item: null },
      { asking: false, words: 'ask', item: null },
      { asking: false, words: null, item: 'a/b c%20' },
      { asking: false, words: '红 裙', item: 'film-1' },
      { asking: true, words: null, item: null },
      { asking: true, words: null, item: 'ask/1' },
    ]) {
      expect(readRoute(writeRoute(route))).toEqual(route);
    }
  });
  it('takes any address', () => {
    for (const hash of ['', '#', '#/', '#/item', '#/item/%E0%A4%A', '#/ask/', '#/ask/item', '#/nothing/at/all']) {
      expect(() => readRoute(hash)).not.toThrow();
    }
  });
});
