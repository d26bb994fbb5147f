// Puts src/base/older_browsers.js in front of every page, as a classic script that any browser runs.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), '../src/base/older_browsers.js');

export function olderBrowserCheck() {
  return {
    name: 'older-browser-check',
    apply: 'build',
    async buildStart() {
      this.addWatchFile(source);
      this.emitFile({ type: 'asset', name: 'older_browsers.js', source: await readFile(source, 'utf8') });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle }) {
        if (!bundle) return undefined;
        const file = Object.values(bundle).find((one) => one.type === 'asset' && one.names?.includes('older_browsers.js'));
        if (!file) throw new Error(`older_browsers.js was not emitted`);
        return [{ tag: 'script', attrs: { src: `/${file.fileName}` }, injectTo: 'head-prepend' }];
      },
    },
  };
}
