import { computed, effect, signal } from '@preact/signals';
import type { Locale } from '../api/types';
import { recall, remember } from '../state/memory';
import { en } from './en';
import { zh } from './zh';

function firstLocale(): Locale {
  const kept = recall('locale');
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith('zh')) ? 'zh' : 'en';
}

export const locale = signal<Locale>(firstLocale());

/** The words of the page in the reader's language. */
export const words = computed(() => (locale.value === 'zh' ? zh : en));

effect(() => {
  document.documentElement.lang = locale.value === 'zh' ? 'zh-CN' : 'en';
  remember('locale', locale.value);
});
