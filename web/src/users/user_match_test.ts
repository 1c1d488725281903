import { describe, expect, it } from 'vitest';
import { labelsOf, matchUsers } from './user_match';

const users = [
  { id: 'ana', labels: { city: 'Bergen', age: 24 }, locale: 'en' },
  { id: 'bo', labels: { city: 'Ankara' }, locale: 'en' },
  { id: 'savannah', labels: {}, locale: 'en' },
];

describe('matchUsers', () => {
  const names = (sought: string): string[] => matchUsers(users, sought).map(({ id }) => id);
  it('puts names that begin with it first', () => {
    expect(names('an')).toEqual(['ana', 'bo', 'savannah']);
    expect(names('ANA')).toEqual(['ana']);
  });
  it('looks into labels, for every word', () => {
    expect(names('bergen 24')).toEqual(['ana']);
    expect(names('bergen 25')).toEqual([]);
  });
  it('takes all for nothing', () => {
    expect(names('  ')).toHaveLength(3);
  });
});

describe('labelsOf', () => {
  it('leaves out what is no short text', () => {
    expect(
      labelsOf({ id: 'a', locale: '', labels: { a: 'x', b: 3, c: [1], d: 'y'.repeat(90), e: '' } }, (name) =>
        name.toUpperCase(),
      ),
    ).toBe('x · B 3');
  });
});
