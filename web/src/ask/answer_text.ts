import type { Answer, AnswerResult, GraphNode, Locale, TripleSource } from '../api/types';
import type { Strings } from '../language/en';
import { formatShare, wordFor } from '../language/format';

const own = (table: Record<string, string>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

export function authorText(answer: Answer, strings: Strings): string {
  const author = answer.status === 'unknown' ? strings.authors.unknown : own(strings.authors, answer.author);
  const why = own(strings.quotedBecause, answer.quoted_because);
  return [author ?? answer.author, why].filter(Boolean).join(strings.clauseBreak);
}

/** Why there is no answer, in the reader's words; empty: it was not said. */
export const reasonText = (reason: string, strings: Strings): string => own(strings.reasons, reason) ?? '';

export const relationText = (relation: string, strings: Strings): string =>
  wordFor({ ...strings.attributeNames, ...strings.relations }, relation);

/** Who says a statement: the catalogue, what a reader found in an item's text, or a file. */
export function sourceText({ source, confidence }: TripleSource, strings: Strings, locale: Locale): string {
  const reader = /^text:(.+)$/.exec(source)?.[1];
  const name =
    source === 'catalogue'
      ? strings.sourceCatalogue
      : reader === undefined
        ? source
        : strings.sourceText(reader === 'rules' ? strings.sourceRules : reader);
  return confidence === null || confidence >= 1
    ? name
    : `${name} · ${strings.confidence(formatShare(confidence, locale))}`;
}

/** Results worth a list of their own: several things that are called what the question says. */
export const namesakes = (answer: Answer): AnswerResult[] =>
  answer.results.filter((result) => result.about !== null).length > 1 ? answer.results : [];

/** The items to show as cards: each once, without those that stand in the list of `namesakes`. */
export function citedItems(answer: Answer): GraphNode[] {
  const listed = new Set(namesakes(answer).map((result) => result.about?.item));
  const cited = new Map(answer.items.filter(({ item }) => item !== '').map((node) => [node.item, node]));
  return [...cited.values()].filter(({ item }) => !listed.has(item));
}
