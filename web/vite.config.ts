import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

// What of others is in the page, for the licences that travel with it.
const parts = [
  'preact',
  '@preact/signals',
  '@preact/signals-core',
  '@fontsource-variable/bricolage-grotesque',
  '@fontsource-variable/instrument-sans',
  '@fontsource-variable/newsreader',
];

/** Writes the licences of these parts into licences.txt beside the page. */
function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      const texts = parts.map((part) => {
        const folder = new URL(`node_modules/${part}/`, import.meta.url);
        const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { version: string };
        return `${part} ${version}\n\n${readFileSync(new URL('LICENSE', folder), 'utf8').trim()}\n`;
      });
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

// Nothing inline: the server's content policy is default-src 'self', so pictures and fonts stay files of their own.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  plugins: [licences()],
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
