import type { Attribute, Item, Locale } from '../api/types';

const tagOf = (locale: Locale): string => (locale === 'zh' ? 'zh-CN' : 'en');

export function formatCount(count: number, locale: Locale): string {
  return new Intl.NumberFormat(tagOf(locale), { maximumFractionDigits: 1 }).format(count);
}

export function formatShare(share: number, locale: Locale): string {
  return new Intl.NumberFormat(tagOf(locale), { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** 3 -> "0:03", 3725 -> "1:02:05". */
export function formatDuration(seconds: number): string {
  const whole = Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds) : 0;
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  const tail =
    hours > 0
      ? parts.map((part) => String(part).padStart(2, '0'))
      : [String(parts[0]), String(parts[1]).padStart(2, '0')];
  return hours > 0 ? `${hours}:${tail.join(':')}` : tail.join(':');
}

/** With the item's own currency where it names one that exists; the number alone elsewhere. */
export function formatPrice(price: number, currency: Attribute | undefined, locale: Locale): string {
  const digits = { minimumFractionDigits: Number.isInteger(price) ? 0 : 2, maximumFractionDigits: 2 };
  if (typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency)) {
    return new Intl.NumberFormat(tagOf(locale), {
      style: 'currency',
      currency: currency.toUpperCase(),
      ...digits,
    }).format(price);
  }
  return new Intl.NumberFormat(tagOf(locale), digits).format(price);
}

export function formatAttribute(value: Attribute, locale: Locale): string {
  if (typeof value === 'number') {
    // A year is not 1,998.
    if (Number.isInteger(value) && Math.abs(value) < 10_000) return String(value);
    return new Intl.NumberFormat(tagOf(locale), { maximumFractionDigits: 2 }).format(value);
  }
  if (typeof value === 'boolean') return locale === 'zh' ? (value ? '是' : '否') : value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.join(locale === 'zh' ? '、' : ', ');
  return value;
}

export interface Wording {
  text: string;
  /** The language of `text`, for the reader's voice and fonts; empty: not known. */
  language: string;
}

function wordingOf(item: Item, field: 'title' | 'description', locale: Locale): Wording {
  const translated = item.texts[`${field}:${locale}`];
  if (translated) return { text: translated, language: locale };
  return { text: item[field], language: item.language };
}

/** The title in the reader's language where there is one, else the item's own, else its id. */
export function titleOf(item: Item, locale: Locale): Wording {
  const wording = wordingOf(item, 'title', locale);
  return wording.text ? wording : { text: item.id, language: '' };
}

export const descriptionOf = (item: Item, locale: Locale): Wording => wordingOf(item, 'description', locale);

export interface Passage {
  text: string;
  named: boolean;
}

/** `sentence` cut where one of `names` stands in it, so that names can be set apart without reading the sentence as markup. */
export function markNames(sentence: string, names: string[]): Passage[] {
  const wanted = [...new Set(names)].filter((name) => name.length > 0).sort((a, b) => b.length - a.length);
  const passages: Passage[] = [];
  let plain = '';
  for (let at = 0; at < sentence.length; ) {
    const name = wanted.find((candidate) => sentence.startsWith(candidate, at));
    if (!name) {
      plain += sentence[at];
      at += 1;
      continue;
    }
    if (plain) passages.push({ text: plain, named: false });
    plain = '';
    passages.push({ text: name, named: true });
    at += name.length;
  }
  if (plain) passages.push({ text: plain, named: false });
  return passages;
}

/** A hue of 0 to 359 that always belongs to the same text. */
export function hueOf(text: string): number {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) % 360;
}

/** One or two characters that stand for a user: "u0007" -> "07", "Ana Lind" -> "AL". */
export function initialsOf(name: string): string {
  const digits = /(\d{1,2})$/.exec(name);
  if (digits?.[1]) return digits[1].padStart(2, '0');
  const words = name
    .trim()
    .split(/[\s_.-]+/)
    .filter(Boolean);
  return (
    words
      .slice(0, 2)
      .map((word) => [...word][0] ?? '')
      .join('')
      .toUpperCase() || '?'
  );
}

/** A word the data brought, such as a kind: ours where we have one, else the data's own with a capital. */
export function wordFor(table: Record<string, string>, name: string): string {
  return (
    (Object.hasOwn(table, name) ? table[name] : undefined) ??
    name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ')
  );
}
