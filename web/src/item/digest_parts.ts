import type { Digest, DigestTag, Item, Locale } from '../api/types';
import { descriptionOf } from '../language/format';

export interface DigestParts {
  /** Empty: nothing that the description above it does not say as shortly. */
  summary: string;
  keywords: string[];
  /** What a classifier sees in its pictures, surest first. */
  pictured: DigestTag[];
}

const chinese = /\p{Script=Han}/u;
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

// A summary has a line for each language of the item's texts.
function linesFor(summary: string, reader: Locale): string {
  const lines = summary.split('\n').filter((line) => line.trim() !== '');
  const theirs = lines.filter((line) => chinese.test(line) === (reader === 'zh'));
  return (theirs.length > 0 ? theirs : lines).join('\n');
}

/** What to show of a digest beside what the item itself says. */
export function digestParts(digest: Digest, item: Item, reader: Locale): DigestParts {
  const summary = linesFor(digest.summary, reader);
  const texts = [descriptionOf(item, reader).text, item.description, ...Object.values(item.texts)].map(plain);
  const own = new Set([...item.categories, ...item.tags]);
  const read = digest.tags.filter(({ source }) => source === 'text').map(({ tag }) => tag);
  return {
    summary: texts.includes(plain(summary)) ? '' : summary,
    keywords: [...new Set([...digest.keywords, ...read])].filter((word) => word !== '' && !own.has(word)),
    pictured: digest.tags
      .filter(({ source, tag }) => source === 'image' && tag !== '')
      .sort((a, b) => b.probability - a.probability),
  };
}

export const isEmpty = ({ summary, keywords, pictured }: DigestParts): boolean =>
  summary === '' && keywords.length === 0 && pictured.length === 0;
