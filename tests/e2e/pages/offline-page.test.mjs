// A reload without a network: the service worker keeps the pages, and nothing else.

import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { orderOf, placeOrder, sitDown } from '../support/fixtures.mjs';
import { GuestPage } from '../support/pages/guest_page.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

const KEEPING = { serviceWorkers: 'allow' };
let service, settings, database, harbor, browser, folder;
const personOf = (wanted) => harbor.staff.find(({ role }) => role === wanted);

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  const port = String(await freePort());
  folder = await buildPages();
  settings = { WEB_DIR: folder, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' };
  service = await startService(database.url, settings);
  browser = await startBrowser();
});
after(endAll);

let nextTable = 0;
async function order() {
  const guest = await sitDown(service, harbor.tables[nextTable++ % harbor.tables.length]);
  return placeOrder(service, guest.token, orderOf(harbor));
}
const isKept = (page, address) => page.evaluate(async (one) => (await caches.match(one)) !== undefined, address);
const keptPaths = (page) =>
  page.evaluate(async () => {
    const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

test('a kitchen display that is reloaded while the service is away shows its board and that nobody answers', async () => {
  const display = await KitchenPage.open(browser, service, personOf('KITCHEN'), KEEPING);
  const known = await order();
  await display.shows(known.id);
  await waitUntil('the page to be kept', () => isKept(display.page, '/kitchen'));
  await waitUntil('the board to be kept', () => display.page.evaluate((id) => Object.values(localStorage).join().includes(id), known.id));
  await service.stop();
  await display.page.reload();
  await connected(display.page, 'offline');
  await display.shows(known.id);
  await screenshot(display.page, 'kitchen-reloaded-offline');
  await display.press(known.id, 'start');
  service = await startService(database.url, settings);
  const next = await order();
  await display.shows(next.id);
  await waitUntil('what was done offline', async () => (await display.waiting()) === 0);
  await waitUntil('the order to be cooking', async () => (await display.card(known.id).getAttribute('data-status')) === 'preparing');
});

test('a waiters’ tablet and a guest’s phone are there as well', async () => {
  const tablet = await WaiterPage.open(browser, service, personOf('WAITER'), KEEPING);
  const guest = await GuestPage.open(browser, service, harbor.tables[5], KEEPING);
  await waitUntil('the pages to be kept', async () => (await isKept(tablet.page, '/waiter')) && (await isKept(guest.page, '/t')));
  await service.stop();
  await tablet.page.reload();
  await guest.page.reload();
  await connected(tablet.page, 'offline');
  await guest.page.locator('h1').waitFor();
  await guest.page.goto(`${service.url}/t/another-code`);
  await waitUntil('the phone to say that nobody answers', async () => /reach/i.test(await guest.page.locator('#page').innerText()));
  service = await startService(database.url, settings);
  await connected(tablet.page);
});

test('a service that does not answer is not waited for', async () => {
  const display = await KitchenPage.open(browser, service, personOf('KITCHEN'), KEEPING);
  await waitUntil('the page to be kept', () => isKept(display.page, '/kitchen'));
  service.signal('SIGSTOP');
  try {
    await display.page.reload();
    await display.page.locator('.badge').waitFor();
  } finally {
    service.signal('SIGCONT');
  }
  await connected(display.page);
});

test('nothing of the API is kept, and no code of a table', async () => {
  const display = await KitchenPage.open(browser, service, personOf('KITCHEN'), KEEPING);
  const guest = await GuestPage.open(browser, service, harbor.tables[4], KEEPING);
  await waitUntil('the pages to be kept', async () => (await isKept(display.page, '/kitchen')) && (await isKept(guest.page, '/t')));
  for (const one of [...(await keptPaths(display.page)), ...(await keptPaths(guest.page))]) {
    assert.match(one, /^\/(kitchen|t|assets\/[\w.-]+)$/);
  }
});

test('a new version is shown at once, and the one before is dropped', async () => {
  const display = await KitchenPage.open(browser, service, personOf('KITCHEN'), KEEPING);
  await waitUntil('the page to be kept', () => isKept(display.page, '/kitchen'));
  const [before] = await display.page.evaluate(() => caches.keys());
  const next = path.join(path.dirname(await buildPages()), `next-${process.pid}`);
  await cp(folder, next, { recursive: true, filter: (name) => !name.endsWith('.gz') });
  const change = async (name, how) => writeFile(path.join(next, name), how(await readFile(path.join(next, name), 'utf8')));
  await change('kitchen.html', (text) => text.replace('<body>', '<body data-version="next">'));
  await change('service-worker.js', (text) => text.replace(/orderpush-[0-9a-f]{16}/, 'orderpush-ffffffffffffffff'));
  await service.stop();
  service = await startService(database.url, { ...settings, WEB_DIR: next });
  await display.page.reload();
  await display.page.locator('body[data-version=next]').waitFor({ state: 'attached' });
  await waitUntil('the former version to be dropped', async () => {
    const names = await display.page.evaluate(() => caches.keys());
    return names.join() === 'orderpush-ffffffffffffffff' && !names.includes(before);
  });
  await service.stop();
  await display.page.reload();
  await display.page.locator('body[data-version=next]').waitFor({ state: 'attached' });
  service = await startService(database.url, settings);
});

test('the worker’s script is asked for again each time, and may keep every page', async () => {
  const { headers, status } = await fetch(`${service.url}/service-worker.js`);
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /^text\/javascript/);
  assert.equal(headers.get('service-worker-allowed'), '/');
  assert.match(headers.get('cache-control'), /no-cache/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
});
