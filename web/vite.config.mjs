// The pages: one HTML file each, hashed assets in one folder, nothing inline (the policy of the server forbids it).

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { cssForOlderBrowsers } from './build_plugins/css_for_older_browsers.mjs';
import { olderBrowserCheck } from './build_plugins/older_browser_check.mjs';
import { serviceWorker } from './build_plugins/service_worker_plugin.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** A further page is a further name here, and its file NAME.html beside this one; `data-page` in it selects its tokens. */
export const PAGES = ['home', 'kitchen', 'guest', 'waiter', 'ops'];
/** Under which address each is served. */
const ADDRESSES = { kitchen: '/kitchen', guest: '/t', waiter: '/waiter', ops: '/ops' };

/**
 * What a tablet of 2021 has. Syntax is lowered to it; the `lib` of tsconfig guards the language's own library, and
 * tests/e2e/pages/older-browsers.test.mjs what browsers offer besides.
 */
export const BROWSERS = ['es2020', 'chrome90', 'safari14', 'firefox90'];

export default defineConfig({
  root: here,
  base: '/',
  publicDir: false,
  plugins: [olderBrowserCheck(), serviceWorker(ADDRESSES)],
  css: { postcss: { plugins: [cssForOlderBrowsers()] } },
  build: {
    target: BROWSERS,
    cssTarget: BROWSERS,
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: Object.fromEntries(PAGES.map((name) => [name, path.join(here, `${name}.html`)])) },
  },
  test: { include: ['test/**/*.test.ts', 'test/**/*.test.tsx'], environment: 'node' },
});
