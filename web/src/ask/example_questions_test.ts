import { describe, expect, it } from 'vitest';
import { completeItem } from '../api/client';
import { en } from '../language/en';
import { zh } from '../language/zh';
import { exampleQuestions } from './example_questions';

const film = completeItem({ id: 'f', kind: 'film', title: 'Heat', language: 'en', attributes: { director: 'Mann' } });
const filmZh = completeItem({ id: 'z', kind: 'film', title: '慢潮', language: 'zh', attributes: { director: '李' } });
const song = completeItem({ id: 's', kind: 'song', title: 'Tide', language: 'en', attributes: { artist: 'Ida' } });
const news = completeItem({ id: 'n', kind: 'news', title: 'Rain', language: 'en' });
const post = completeItem({ id: 'p', kind: 'post', title: 'Socks', language: 'en' });
const long = completeItem({ id: 'l', kind: 'goods', title: 'x'.repeat(80), attributes: { brand: 'Wren' } });
const asked = (...args: Parameters<typeof exampleQuestions>): string[] =>
  exampleQuestions(...args).map(({ question }) => question);

describe('example questions', () => {
  it('ask what is recorded, of items that are there, each of another', () => {
    expect(asked([film, song, news, post, long], 'en', en)).toEqual([
      en.examples.director('Heat'),
      en.examples.artist('Tide'),
      en.examples.like('Rain'),
      en.examples.about('Socks'),
    ]);
  });
  it('prefer titles in the reader’s language, and take others', () => {
    expect(asked([film, filmZh], 'zh', zh)).toEqual([zh.examples.director('慢潮'), zh.examples.like('Heat')]);
    expect(asked([filmZh], 'en', en)).toEqual([en.examples.director('慢潮')]);
  });
  it('are none where nothing is', () => {
    expect(asked([], 'en', en)).toEqual([]);
    expect(asked([long], 'en', en)).toEqual([]);
  });
});
