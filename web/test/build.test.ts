// What browsers load, as it is built.

// @ts-expect-error It comes with eslint, without types.
import * as untyped from 'espree';
import { readFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const espree = untyped as { parse: (text: string, options: { ecmaVersion: number; sourceType?: string }) => unknown };
const FIRST_LOAD_BYTES_MAX = 100 * 1000;
const here = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-web-'));
  await build({ configFile: path.join(here, 'vite.config.mjs'), logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (name: string) => readFile(path.join(folder, name), 'utf8');
const assetsIn = (text: string) => new Set([...text.matchAll(/\/?assets\/([\w.-]+)/g)].map(([, name]) => `assets/${name!}`));

/** What loads before anything is drawn: the page, what it names, and what that imports at once. */
async function firstLoad(page: string): Promise<string[]> {
  const found = new Set([page]);
  for (const name of found) {
    if (!/\.(html|js)$/.test(name)) continue;
    const text = await read(name);
    const atOnce = name.endsWith('.html') ? text : [...text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+)"/g)].map(([, file]) => `assets/${file!}`).join();
    for (const asset of assetsIn(atOnce)) found.add(asset);
  }
  return [...found];
}

describe('for browsers of 2021', () => {
  it('every script is ES2020', async () => {
    const names = [...(await readdir(path.join(folder, 'assets'))).map((name) => `assets/${name}`), 'service-worker.js'].filter((name) => name.endsWith('.js'));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const sourceType = name.startsWith('assets/older_browsers') ? 'script' : 'module';
      const text = await read(name);
      expect(() => espree.parse(text, { ecmaVersion: 2020, sourceType }), name).not.toThrow();
    }
  });

  it('what says so to older ones is ES5, and stands first in each page', async () => {
    for (const page of ['kitchen', 'guest', 'waiter', 'ops']) {
      const text = await read(`${page}.html`);
      const [first] = [...text.matchAll(/<script[^>]*src="\/([^"]+)"/g)].map(([, name]) => name!);
      expect(first).toMatch(/^assets\/older_browsers-/);
      expect(() => espree.parse(readFileSync(path.join(folder, first!), 'utf8'), { ecmaVersion: 5 })).not.toThrow();
    }
  });

  it('no style needs what they do not know, or there is another beside it', async () => {
    const names = (await readdir(path.join(folder, 'assets'))).filter((name) => name.endsWith('.css'));
    for (const name of names) {
      const text = await read(`assets/${name}`);
      expect(text, name).not.toMatch(/light-dark\(|:has\(|@container|@layer|&/);
      for (const [declaration, property] of text.matchAll(/([\w-]+):[^;{}]*\ddvh[^;{}]*/g)) {
        expect(text, name).toContain(`${declaration.replace(/(\d)dvh/g, '$1vh')};${property!}:`);
      }
    }
    const tokens = (await Promise.all(names.map((name) => read(`assets/${name}`)))).join('');
    expect(tokens).toMatch(/@media ?\(prefers-color-scheme: ?dark\) ?\{:root:not\(\[data-theme=["']?light["']?\]\)\{[^}]*--paper:/);
    expect(tokens).toMatch(/:root\[data-theme=["']?dark["']?\]\{[^}]*--paper:/);
  });
});

describe('the service worker', () => {
  it('knows what each page consists of, and nothing of providers’ SDKs', async () => {
    const text = await read('service-worker.js');
    const [, list] = /PAGES = (\{.*?\});/.exec(text) ?? [];
    const pages = JSON.parse(list!) as Record<string, string[]>;
    expect(Object.keys(pages)).toEqual(['/kitchen', '/t', '/waiter', '/ops']);
    for (const [address, assets] of Object.entries(pages)) {
      const loaded = (await firstLoad(`${{ '/t': 'guest' }[address] ?? address.slice(1)}.html`)).filter((name) => name.startsWith('assets/'));
      expect(assets, address).toEqual(expect.arrayContaining(loaded.map((name) => `/${name}`)));
      expect(assets.join(), address).toMatch(/\/en-.*\.js/);
      expect(assets.join(), address).not.toMatch(/pusher|ably/);
      for (const name of assets) await read(name.slice(1));
    }
    expect(text).not.toMatch(/__\w+__/);
  });
});

describe.each(['kitchen', 'waiter'])('the %s page', (page) => {
  it('is small: its first load, its texts and the built-in server’s SDK', async () => {
    const names = await readdir(path.join(folder, 'assets'));
    const texts = names.filter((name) => /^(en|de)-/.test(name)).map((name) => `assets/${name}`);
    const sdk = names.filter((name) => name.startsWith('pusher_link')).map((name) => `assets/${name}`);
    const loaded = [...new Set([...(await firstLoad(`${page}.html`)), ...texts, ...sdk])];
    const sizes = await Promise.all(loaded.map(async (name) => gzipSync(await read(name)).length));
    expect(sdk.length).toBe(1);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(FIRST_LOAD_BYTES_MAX);
  });

  it('does not load a provider’s SDK before it knows which', async () => {
    for (const name of await firstLoad(`${page}.html`)) {
      expect(name).not.toMatch(/ably|pusher/);
      expect(await read(name), name).not.toMatch(/pusher:subscription_succeeded|ably-agent/i);
    }
  });

  it('has nothing inline, and nothing of others', async () => {
    const text = await read(`${page}.html`);
    for (const [, inside] of text.matchAll(/<(?:script|style)[^>]*>([^]*?)<\/(?:script|style)>/g)) expect(inside?.trim()).toBe('');
    expect(text).not.toMatch(/\son\w+=|\sstyle=|https?:\/\//);
    for (const [, address] of text.matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^\/assets\/[\w.-]+-[\w-]{8}\.\w+$/);
  });
});
