import { effect, signal } from '@preact/signals';
import { recall, remember } from './memory';

export type Theme = 'system' | 'light' | 'dark';
const themes: Theme[] = ['system', 'light', 'dark'];
const kept = recall('theme');

export const theme = signal<Theme>(themes.find((known) => known === kept) ?? 'system');

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
}

const systemDark = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(systemDark.matches);
systemDark.addEventListener('change', (change) => {
  systemIsDark.value = change.matches;
});

effect(() => {
  const dark = theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
});
effect(() => remember('theme', theme.value));
