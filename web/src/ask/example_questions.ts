import type { Item, Locale } from '../api/types';
import type { Strings } from '../language/en';

export interface ExampleQuestion {
  question: string;
  item: Item;
}

const longestTitle = 60;
const most = 4;

type Way = (item: Item, strings: Strings['examples']) => string | null;

const has = (item: Item, attribute: string): boolean => {
  const value = item.attributes[attribute];
  return typeof value === 'string' && value !== '';
};
const ways: Way[] = [
  (item, say) => (has(item, 'director') ? say.director(item.title) : null),
  (item, say) => (has(item, 'artist') ? say.artist(item.title) : null),
  (item, say) => (has(item, 'brand') ? say.brand(item.title) : null),
  (item, say) => say.like(item.title),
  (item, say) => say.about(item.title),
];

/** Questions about real items, each about another one; those in the reader's language first. The server knows items by their own titles. */
export function exampleQuestions(items: Item[], locale: Locale, strings: Strings): ExampleQuestion[] {
  const fit = items.filter(({ title }) => title !== '' && title.length <= longestTitle);
  const ordered = [
    ...fit.filter(({ language }) => language === locale),
    ...fit.filter(({ language }) => language !== locale),
  ];
  const examples: ExampleQuestion[] = [];
  for (const way of ways) {
    const taken = new Set(examples.map(({ item }) => item.id));
    const kinds = new Set(examples.map(({ item }) => item.kind));
    const able = ordered.filter((item) => !taken.has(item.id) && way(item, strings.examples) !== null);
    // Of a kind that no example is about yet, where there is one.
    const item = able.find(({ kind }) => !kinds.has(kind)) ?? able[0];
    const question = item && way(item, strings.examples);
    if (item && question && examples.length < most) examples.push({ question, item });
  }
  return examples;
}
