// The pages: one HTML file each, hashed assets in one folder, nothing inline (the policy of the server forbids it).

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = path.dirname(fileURLToPath(import.meta.url));

/** A further page is a further name here, and its file NAME.html beside this one; `data-page` in it selects its tokens. */
export const PAGES = ['kitchen', 'guest', 'waiter', 'ops'];

export default defineConfig({
  root: here,
  base: '/',
  publicDir: false,
  build: {
    target: 'es2022',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: Object.fromEntries(PAGES.map((name) => [name, path.join(here, `${name}.html`)])) },
  },
  test: { include: ['test/**/*.test.ts', 'test/**/*.test.tsx'], environment: 'node' },
});
