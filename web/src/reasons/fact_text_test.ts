import { describe, expect, it } from 'vitest';
import type { Fact, UserEvent } from '../api/types';
import { en } from '../language/en';
import { zh } from '../language/zh';
import { attributeText, deedText, howText } from './fact_text';

function fact(given: Partial<Fact>): Fact {
  return {
    kind: 'past_item',
    item_id: '',
    item_title: '',
    action: '',
    space: '',
    attribute: '',
    value: '',
    count: 0,
    contribution: 0,
    ...given,
  };
}
const shared: UserEvent[] = [{ id: '1', user: 'u', item: 'a', type: 'share', time: '2026-01-01T00:00:00Z' }];

describe('deedText', () => {
  it('believes the fact before the history', () => {
    expect(deedText(fact({ item_id: 'a', action: 'rating' }), shared, en)).toBe('Rated');
    expect(deedText(fact({ item_id: 'a' }), shared, en)).toBe(en.eventNames.share);
  });
  it('says nothing of what it has no word for', () => {
    expect(deedText(fact({ item_id: 'b' }), shared, en)).toBe('');
    expect(deedText(fact({ item_id: 'a', action: 'toString' }), shared, en)).toBe('');
  });
});

describe('attributeText', () => {
  it('names languages in the reader’s own', () => {
    const spoken = fact({ kind: 'attribute', attribute: 'language', value: 'zh' });
    expect(attributeText(spoken, en, 'en')).toContain('Chinese');
    expect(attributeText(spoken, zh, 'zh')).toContain('中文');
    expect(attributeText({ ...spoken, value: 'not a tag' }, en, 'en')).toContain('not a tag');
  });
  it('tells what is new from what is popular', () => {
    expect(attributeText(fact({ kind: 'new' }), en, 'en')).toBe(en.facts.newness);
    expect(attributeText(fact({ kind: 'popularity' }), en, 'en')).toBe(en.facts.popularity);
  });
});

describe('howText', () => {
  it('counts people for popularity, things for attributes, nothing for what is new', () => {
    expect(howText(fact({ kind: 'popularity', count: 3 }), en)).toBe(en.facts.popularityCount(3));
    expect(howText(fact({ kind: 'attribute', count: 2.4 }), en)).toBe(en.facts.attributeCount(2));
    expect(howText(fact({ kind: 'attribute', count: 0 }), en)).toBe('');
    expect(howText(fact({ kind: 'new', count: 5 }), en)).toBe('');
  });
  it('has a word for likeness in a space nobody has named yet', () => {
    expect(howText(fact({ kind: 'similar', space: 'image' }), en)).toBe(en.facts.similar.image);
    expect(howText(fact({ kind: 'similar', space: 'smell' }), en)).toBe(en.facts.similarOther);
  });
});
