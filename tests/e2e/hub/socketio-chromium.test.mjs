// socket.io-client as browsers load it, in Chromium, on a page of another origin: polling, the upgrade, WebSockets alone.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/pages/browser.mjs';
import { endAll, endLater } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const client = path.resolve(import.meta.dirname, '../node_modules/socket.io-client/dist/socket.io.min.js');

let browser;
let harbor;
let service;
let site;
let foreignSite;

/** A front-end's own site: one page, and the client. */
async function serveSite() {
  const listener = http.createServer(async (incoming, response) => {
    if (incoming.url === '/socket.io.js') {
      return response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(await readFile(client));
    }
    const page = '<!doctype html><link rel="icon" href="data:,"><script src="/socket.io.js"></script>';
    return response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  endLater(() => {
    listener.closeAllConnections();
    listener.close();
  });
  return `http://127.0.0.1:${listener.address().port}`;
}

before(async () => {
  site = await serveSite();
  foreignSite = await serveSite();
  const { database, demo } = await createRestaurant();
  [harbor] = demo.branches;
  service = await startService(database.url, { CORS_ALLOWED_ORIGINS: site, BUILTIN_RECONNECT_SECONDS: '0' });
  browser = await startBrowser();
});

after(endAll);

/** A page whose client is connected with those options; `heard()` answers with what came. */
async function open(origin, options) {
  const page = await (await browser.device()).newPage();
  await page.goto(origin);
  await page.evaluate(
    ([url, given]) => {
      globalThis.heard = [];
      globalThis.failures = [];
      globalThis.socket = globalThis.io(url, given);
      globalThis.socket.onAny((name, payload) => globalThis.heard.push({ name, payload }));
      globalThis.socket.on('connect_error', (error) => globalThis.failures.push(error.message));
    },
    [service.url, options],
  );
  return {
    page,
    join: (word) => page.evaluate((event) => globalThis.socket.emitWithAck(event), word),
    heard: (name) => page.evaluate((wanted) => globalThis.heard.filter((event) => event.name === wanted), name),
    transport: () => page.evaluate(() => globalThis.socket.io.engine.transport.name),
    failures: () => page.evaluate(() => globalThis.failures),
  };
}

test('pages of an allowed origin hear by polling, after the upgrade, and by WebSocket alone', async () => {
  const token = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[0]);
  const displays = [
    await open(site, { auth: { token }, transports: ['polling'] }),
    await open(site, { auth: { token }, withCredentials: true }),
    await open(site, { auth: { token }, transports: ['websocket'] }),
    await open(site, { auth: { token }, transports: ['polling'], extraHeaders: { 'X-Device': 'kitchen' } }),
  ];
  for (const display of displays) assert.deepEqual(await display.join('join:kitchen'), { ok: true });
  await waitUntil('the upgrade', async () => (await displays[1].transport()) === 'websocket');

  const orders = [];
  for (let i = 0; i < 3; ++i) orders.push((await placeOrder(service, guest.token, orderOf(harbor))).id);

  for (const display of displays) {
    await waitUntil('the orders', async () => (await display.heard('order:new')).length === 3);
    assert.deepEqual((await display.heard('order:new')).map(({ payload }) => payload.orderId), orders);
  }
  assert.equal(await displays[0].transport(), 'polling');
});

test('pages of a foreign origin get nothing, by either transport', async () => {
  const token = await logIn(service, harbor, 'KITCHEN');
  for (const transports of [['polling'], ['websocket']]) {
    const page = await open(foreignSite, { auth: { token }, transports });
    await waitUntil('the refusal', async () => (await page.failures()).length > 0);
    assert.deepEqual(await page.heard('order:new'), []);
  }
});
