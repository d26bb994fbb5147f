// The pages after the database was put back to an earlier point: they show what it has, and nothing that it no longer has.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, skipReconnectPause, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { loadDump } from '../support/database.mjs';
import { becomesReady, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, settings, database, harbor, browser, cook, token;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const port = String(await freePort());
  settings = { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' };
  service = await startService(database.url, settings);
  token = await logIn(service, harbor, 'KITCHEN');
  browser = await startBrowser();
});
after(endAll);

async function place(count) {
  const guest = await sitDown(service, harbor.tables[0]);
  const ids = [];
  for (let i = 0; i < count; i++) ids.push((await placeOrder(service, guest.token, orderOf(harbor))).id);
  return ids;
}

const boardOf = async () => (await request(service, 'GET', `/v1/branches/${harbor.id}/board`, { token })).body;
const ordersIn = ({ stations }) => [...new Set(stations.flatMap(({ tickets }) => tickets.map(({ orderId }) => orderId)))].sort();
const ordersOn = (display) =>
  display.page.evaluate(() => [...new Set([...document.querySelectorAll('[data-order]')].map((card) => card.dataset.order))].sort());

/** The page says that it is live, and shows exactly the open orders of the database. */
async function agrees(display) {
  await connected(display.page);
  await waitUntil('the page to show what the database has', async () => {
    const [drawn, stored] = [await ordersOn(display), ordersIn(await boardOf())];
    return drawn.join() === stored.join();
  });
}

test('after a restore the board has every order of the database, and no ticket besides', async () => {
  const stored = await place(2);
  const display = await KitchenPage.open(browser, service, cook, { hasClock: true });
  await agrees(display);
  const dump = await database.dump();
  const lost = await place(4);
  await display.shows(lost.at(-1));
  const before = await boardOf();
  await service.stop();
  await connected(display.page, 'offline');

  await database.putBack(dump);
  service = await startService(database.url, settings);
  await becomesReady(service);
  const early = await place(2);
  await skipReconnectPause(display.page);
  await agrees(display);
  for (const id of lost) assert.equal(await display.card(id).count(), 0, 'no phantom');
  const then = await place(3);
  await display.shows(then.at(-1));
  await agrees(display);
  assert.deepEqual(ordersIn(await boardOf()), [...stored, ...early, ...then].sort());
  assert.notEqual((await boardOf()).epoch, before.epoch);
});

test('so it has when the dump is loaded under the running service, and nothing is pushed', async () => {
  const display = await KitchenPage.open(browser, service, cook);
  await agrees(display);
  const dump = await database.dump();
  const lost = await place(3);
  await display.shows(lost.at(-1));
  const { epoch } = await boardOf();
  await loadDump(database.url, dump, '--clean', '--if-exists');
  await waitUntil('the service to notice', async () => (await boardOf()).epoch !== epoch);
  await agrees(display);
  for (const id of lost) assert.equal(await display.card(id).count(), 0, 'no phantom');
  const [next] = await place(1);
  await display.shows(next);
  await agrees(display);
});
