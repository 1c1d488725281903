import { describe, expect, it } from 'vitest';
import { completeAnswer } from '../api/answers';
import type { GraphNode } from '../api/types';
import { en } from '../language/en';
import { zh } from '../language/zh';
import { authorText, citedItems, namesakes, reasonText, relationText, sourceText } from './answer_text';

const node = (name: string, item = ''): GraphNode => ({ name, type: item ? 'film' : 'person', item });

describe('who worded an answer', () => {
  it('is said with the reason where a document was quoted instead', () => {
    const answer = completeAnswer({ status: 'answered', author: 'mixed', quoted_because: 'late' });
    expect(authorText(answer, en)).toBe(`${en.authors.mixed}; ${en.quotedBecause.late}`);
    expect(authorText(answer, zh)).toBe(`${zh.authors.mixed}；${zh.quotedBecause.late}`);
  });
  it('names no statements where nothing is known', () => {
    expect(authorText(completeAnswer({ author: 'template' }), en)).toBe(en.authors.unknown);
    expect(authorText(completeAnswer({ status: 'answered', author: 'template' }), en)).toBe(en.authors.template);
  });
});

describe('the words of the API', () => {
  it('are the reader’s where we have some, else its own', () => {
    expect(reasonText('no_subject', zh)).toBe(zh.reasons.no_subject);
    expect(reasonText('constructor', en)).toBe('');
    expect(relationText('director', zh)).toBe('导演');
    expect(relationText('set_in', en)).toBe('Set in');
    expect(relationText('made_by_hand', en)).toBe('Made by hand');
  });
  it('say who says a statement, and how sure they are', () => {
    expect(sourceText({ source: 'catalogue', confidence: null }, en, 'en')).toBe('the catalogue');
    expect(sourceText({ source: 'text:rules', confidence: 0.85 }, en, 'en')).toBe(
      'read in its text by rules · 85% sure',
    );
    expect(sourceText({ source: 'text:smollm2', confidence: 1 }, en, 'en')).toBe('read in its text by smollm2');
    expect(sourceText({ source: 'ml-100k.kg', confidence: null }, zh, 'zh')).toBe('ml-100k.kg');
  });
});

describe('several things of one name', () => {
  const heat = node('Heat', 'f1');
  const other = node('Heat', 'f2');
  it('are a list, and not also cards', () => {
    const answer = completeAnswer({
      items: [heat, other, node('Ronin', 'f3'), node('Ronin', 'f3'), node('Mann')],
      results: [
        { about: heat, values: [node('Mann')], holds: null },
        { about: other, values: [node('Richards')], holds: null },
      ],
    });
    expect(namesakes(answer)).toHaveLength(2);
    expect(citedItems(answer).map(({ item }) => item)).toEqual(['f3']);
  });
  it('are not made of one, nor of a list of items', () => {
    const one = completeAnswer({ items: [heat], results: [{ about: heat, values: [node('Mann')], holds: null }] });
    expect(namesakes(one)).toEqual([]);
    expect(citedItems(one)).toEqual([heat]);
    expect(namesakes(completeAnswer({ results: [{ about: null, values: [heat, other], holds: null }] }))).toEqual([]);
  });
});
