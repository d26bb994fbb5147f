// The description of the API and the page that shows it.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { createDatabase } from '../support/database.mjs';
import { request } from '../support/fixtures.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let database;
let pages;
let service;

before(async () => {
  pages = await buildPages();
  database = await createDatabase();
  service = await startService(database.url, { WEB_DIR: pages });
});

after(endAll);

test('the page loads whole from this service, and no script stands in it', async () => {
  const page = await request(service, 'GET', '/docs');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  assert.match(page.headers.get('content-security-policy'), /script-src 'self';/);
  const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);
  assert.ok(loaded.includes('/docs/swagger-ui-bundle.js') && loaded.includes('/openapi.json'), loaded.join());
  for (const address of loaded) {
    assert.match(address, /^\/[^/]/, 'of our own origin');
    assert.equal((await request(service, 'GET', address)).status, 200, address);
  }
  for (const [, inside] of page.body.matchAll(/<script[^>]*>([^]*?)<\/script>/g)) assert.equal(inside.trim(), '');
  assert.doesNotMatch(page.body, /\son\w+=/);
  const script = await request(service, 'GET', '/docs/docs.js');
  assert.match(script.body, /validatorUrl: null/);
  assert.doesNotMatch(script.body, /https?:/);
  const style = await request(service, 'GET', '/docs/swagger-ui.css');
  assert.doesNotMatch(style.body, /url\(["']?(https?:)?\/\//);
});

test('what a browser has already is not sent again', async () => {
  const first = await request(service, 'GET', '/docs/swagger-ui-bundle.js');
  const again = await request(service, 'GET', '/docs/swagger-ui-bundle.js', {
    headers: { 'If-None-Match': first.headers.get('etag') },
  });
  assert.ok(first.body.length > 100_000);
  assert.equal(again.status, 304);
  assert.equal(again.body, '');
});

test('the description is there without the pages, which the log says are missing', async () => {
  const bare = await startService(database.url, { WEB_DIR: path.join(pages, 'nothing') });
  const page = await request(bare, 'GET', '/docs');
  assert.equal(page.status, 404);
  assert.equal(page.body.code, 'docs_missing');
  await waitUntil('a line that names the setting', () => bare.lines.some((line) => line.includes('"setting":"WEB_DIR"')));
  const description = await request(bare, 'GET', '/openapi.json');
  assert.equal(description.status, 200);
  assert.match(description.body.openapi, /^3\.1\./);
});
