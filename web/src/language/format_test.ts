import { describe, expect, it } from 'vitest';
import { completeItem } from '../api/client';
import { formatAttribute, formatDuration, formatPrice, initialsOf, markNames, titleOf } from './format';

describe('formatDuration', () => {
  it('writes seconds as people read them', () => {
    expect(formatDuration(3)).toBe('0:03');
    expect(formatDuration(75.4)).toBe('1:15');
    expect(formatDuration(3725)).toBe('1:02:05');
    expect(formatDuration(Number.NaN)).toBe('0:00');
    expect(formatDuration(Number.POSITIVE_INFINITY)).toBe('0:00');
    expect(formatDuration(-4)).toBe('0:00');
  });
});

describe('formatPrice', () => {
  it('uses a currency only where there is one', () => {
    expect(formatPrice(12.5, undefined, 'en')).toBe('12.50');
    expect(formatPrice(12, undefined, 'en')).toBe('12');
    expect(formatPrice(12.5, 'EUR', 'en')).toBe('€12.50');
    expect(formatPrice(12.5, 'a currency', 'en')).toBe('12.50');
  });
});

describe('formatAttribute', () => {
  it('leaves years alone and parts great numbers', () => {
    expect(formatAttribute(1998, 'en')).toBe('1998');
    expect(formatAttribute(1234567, 'en')).toBe('1,234,567');
    expect(formatAttribute(['a', 'b'], 'zh')).toBe('a、b');
    expect(formatAttribute(true, 'en')).toBe('yes');
  });
});

describe('titleOf', () => {
  const item = completeItem({ id: 'x', title: 'Kettle', language: 'en', texts: { 'title:zh': '水壶' } });
  it('prefers the language of the reader', () => {
    expect(titleOf(item, 'zh')).toEqual({ text: '水壶', language: 'zh' });
    expect(titleOf(item, 'en')).toEqual({ text: 'Kettle', language: 'en' });
  });
  it('falls back on the id', () => {
    expect(titleOf(completeItem({ id: 'x' }), 'en').text).toBe('x');
  });
});

describe('markNames', () => {
  const joined = (sentence: string, names: string[]): string =>
    markNames(sentence, names)
      .map(({ text, named }) => (named ? `[${text}]` : text))
      .join('');
  it('sets names apart, the longest first', () => {
    expect(joined('You liked Rain and Rain Again.', ['Rain', 'Rain Again'])).toBe('You liked [Rain] and [Rain Again].');
  });
  it('never loses a letter', () => {
    for (const sentence of ['', 'a', 'aaa', '因为您喜欢“慢潮”。', '<b>x</b>']) {
      expect(
        markNames(sentence, ['a', '', '慢潮', '<b>'])
          .map(({ text }) => text)
          .join(''),
      ).toBe(sentence);
    }
  });
});

describe('initialsOf', () => {
  it('stands for a name', () => {
    expect(initialsOf('u0007')).toBe('07');
    expect(initialsOf('Ana Lind')).toBe('AL');
    expect(initialsOf('李 雷')).toBe('李雷');
    expect(initialsOf('')).toBe('?');
  });
});
