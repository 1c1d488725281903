import { describe, expect, it } from 'vitest';
import { completeItem } from '../api/client';
import type { DigestTag } from '../api/types';
import { digestParts, isEmpty } from './digest_parts';

const seen = (tag: string, probability: number): DigestTag => ({ tag, source: 'image', model: 'm', probability });
const read = (tag: string): DigestTag => ({ tag, source: 'text', model: '', probability: 0 });
const item = completeItem({
  description: 'A mug. Made in Turin.\nIt keeps warm.',
  texts: { 'description:zh': '一只杯子。都灵制造。' },
  tags: ['kitchen'],
});

describe('a digest beside its item', () => {
  it('says each word once, and none of the item’s own tags', () => {
    const digest = { keywords: ['mug', 'turin'], summary: '', tags: [read('mug'), read('warm'), read('kitchen')] };
    expect(digestParts(digest, item, 'en').keywords).toEqual(['mug', 'turin', 'warm']);
  });
  it('holds what pictures show apart, surest first', () => {
    const digest = { keywords: [], summary: '', tags: [seen('cup', 0.5), read('mug'), seen('coffee mug', 0.9)] };
    const parts = digestParts(digest, item, 'en');
    expect(parts.pictured.map(({ tag }) => tag)).toEqual(['coffee mug', 'cup']);
    expect(parts.keywords).toEqual(['mug']);
  });
  it('gives the summary in the reader’s language where it has one', () => {
    const digest = { keywords: [], summary: 'Made in Turin.\n都灵制造。', tags: [] };
    expect(digestParts(digest, item, 'en').summary).toBe('Made in Turin.');
    expect(digestParts(digest, item, 'zh').summary).toBe('都灵制造。');
    expect(digestParts({ ...digest, summary: 'Made in Turin.' }, item, 'zh').summary).toBe('Made in Turin.');
  });
  it('gives no summary that is the description again', () => {
    const digest = { keywords: [], summary: 'A mug. Made in Turin. It keeps warm.\n一只杯子。都灵制造。', tags: [] };
    expect(isEmpty(digestParts(digest, item, 'en'))).toBe(true);
    expect(isEmpty(digestParts(digest, item, 'zh'))).toBe(true);
  });
});
