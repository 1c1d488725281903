import { effect, signal } from '@preact/signals';
import { recall, remember } from './memory';

export type Theme = 'system' | 'light' | 'dark';
const themes: Theme[] = ['system', 'light', 'dark'];
const kept = recall('theme');

export const theme = signal<Theme>(themes.find((known) => known === kept) ?? 'system');

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
}

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  remember('theme', theme.value);
});
