import type { Fact, Locale, UserEvent } from '../api/types';
import type { en } from '../language/en';
import { wordFor } from '../language/format';

type Words = typeof en;

/** What was done with the past item: as the fact says, else as we know of the user's last acts. */
export function deedText(fact: Fact, history: UserEvent[], words: Words): string {
  const type = fact.action || history.find((event) => event.item === fact.item_id)?.type || '';
  return Object.hasOwn(words.eventNames, type) ? (words.eventNames[type] ?? '') : '';
}

function languageName(tag: string, locale: Locale): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A fact that is about no single item. */
export function attributeText(fact: Fact, words: Words, locale: Locale): string {
  if (fact.kind === 'new') return words.facts.newness;
  if (fact.kind !== 'attribute') return words.facts.popularity;
  const value = fact.attribute === 'language' ? languageName(fact.value, locale) : fact.value;
  return words.facts.attribute(wordFor(words.attributeNames, fact.attribute), value);
}

/** In which way, or how often, a fact speaks for the item. */
export function howText(fact: Fact, words: Words): string {
  const { facts } = words;
  const count = Math.round(fact.count);
  if (fact.kind === 'past_item') return facts.past(count);
  if (fact.kind === 'similar')
    return Object.hasOwn(facts.similar, fact.space) ? (facts.similar[fact.space] ?? '') : facts.similarOther;
  if (count <= 0 || fact.kind === 'new') return '';
  return fact.kind === 'attribute' ? facts.attributeCount(count) : facts.popularityCount(count);
}
