// Writes service-worker.js: src/service_worker.js with the list of what each page needs to be shown without a network.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), '../src/service_worker.js');

/** Chunks of texts are needed without a network; the SDKs of providers are not. */
const isText = (chunk) => /[\\/](messages|i18n)[\\/]/.test(chunk.facadeModuleId ?? '');

/** The assets of a page: what its HTML names, what that imports, its styles, its texts. */
function assetsOf(html, bundle) {
  const found = new Set([...String(html.source).matchAll(/\/(assets\/[\w.-]+)/g)].map(([, name]) => name));
  for (const name of found) {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk') continue;
    const texts = chunk.dynamicImports.filter((one) => bundle[one]?.type === 'chunk' && isText(bundle[one]));
    for (const more of [...chunk.imports, ...texts, ...(chunk.viteMetadata?.importedCss ?? [])]) found.add(more);
  }
  return [...found].map((name) => `/${name}`).sort();
}

/** `addresses`: the path of each page by its name. */
export function serviceWorker(addresses) {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const pages = {};
      for (const [name, address] of Object.entries(addresses)) {
        const html = bundle[`${name}.html`];
        if (html?.type !== 'asset') throw new Error(`${name}.html was not built`);
        pages[address] = assetsOf(html, bundle);
      }
      const template = await readFile(source, 'utf8');
      const list = JSON.stringify(pages);
      const version = createHash('sha256').update(list).update(template).digest('hex').slice(0, 16);
      const text = template.replace("'__PAGES__'", () => list).replace('__VERSION__', version);
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: text });
    },
  };
}
