// What browsers load, as it is built.

import { readFile, readdir } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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
