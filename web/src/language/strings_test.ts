import { describe, expect, it } from 'vitest';
import { en } from './en';
import { zh } from './zh';

function keysOf(table: object, prefix = ''): string[] {
  return Object.entries(table).flatMap(([key, value]) =>
    value !== null && typeof value === 'object' ? keysOf(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

describe('the words of the page', () => {
  it('are the same in both languages, tables of data words included', () => {
    expect(keysOf(zh).sort()).toEqual(keysOf(en).sort());
  });
  it('are never empty', () => {
    for (const table of [en, zh]) {
      const empty = keysOf(table).filter(
        (path) => path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], table) === '',
      );
      expect(empty).toEqual([]);
    }
  });
});
