import { describe, expect, it } from 'vitest';
import { compareLists } from './list_change';

describe('compareLists', () => {
  it('finds nothing where nothing changed', () => {
    const change = compareLists(['a', 'b', 'c'], ['a', 'b', 'c']);
    expect(change).toEqual({ added: [], moved: new Map(), gone: [] });
  });

  it('names what came and went, and does not call the others moved', () => {
    const change = compareLists(['a', 'b', 'c', 'd'], ['b', 'x', 'c', 'd', 'y']);
    expect(change.added).toEqual(['x', 'y']);
    expect(change.gone).toEqual(['a']);
    expect(change.moved.size).toBe(0);
  });

  it('names the one that rose, not those it passed', () => {
    expect(compareLists(['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c']).moved).toEqual(new Map([['d', 3]]));
    expect(compareLists(['a', 'b', 'c', 'd'], ['b', 'c', 'd', 'a']).moved).toEqual(new Map([['a', -3]]));
  });

  it('takes empty lists', () => {
    expect(compareLists([], ['a']).added).toEqual(['a']);
    expect(compareLists(['a'], []).gone).toEqual(['a']);
  });

  it('agrees with what happened, for any lists', () => {
    let state = 7;
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % n;
    };
    const draw = (): string[] => [...new Set(Array.from({ length: 12 }, () => String(random(16))))];
    for (let round = 0; round < 300; round++) {
      const before = draw();
      const after = draw();
      const change = compareLists(before, after);
      expect([...change.gone].sort()).toEqual(before.filter((id) => !after.includes(id)).sort());
      expect([...change.added].sort()).toEqual(after.filter((id) => !before.includes(id)).sort());
      // Without the moved ones the order of the rest is what it was.
      const rest = after.filter((id) => before.includes(id) && !change.moved.has(id));
      const kept = before.filter((id) => rest.includes(id));
      const unmoved = after.filter((id) => before.includes(id)).length - rest.length;
      expect(unmoved).toBe(change.moved.size);
      const crossed = rest.filter((id, index) => kept[index] !== id);
      expect(crossed).toEqual([]);
    }
  });
});
