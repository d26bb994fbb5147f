// A kitchen display that stays open all day: what is done leaves nothing behind, and a rush is drawn in time.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildPages, startBrowser } from './support/browser.mjs';
import { endAll } from './support/cleanup.mjs';
import { KitchenPage } from './support/kitchen_page.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from './support/people.mjs';
import { createRestaurant, freePort, startService } from './support/service.mjs';
import { until } from './support/until.mjs';

const ORDERS_PER_ROUND = 60;
let service, harbor, browser, display, manager, guest;

before(async () => {
  const { database, demo } = await createRestaurant();
  [harbor] = demo.branches;
  const port = String(await freePort());
  service = await startService(database.url, {
    WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`,
    RATE_LIMIT_CALLER_PER_MINUTE: '0', // one pair of hands does the work of an evening
  });
  browser = await startBrowser();
  manager = await logIn(service, harbor, 'MANAGER');
  guest = await sitDown(service, harbor.tables[0]);
  display = await KitchenPage.open(browser, service, harbor.staff.find(({ role }) => role === 'KITCHEN'));
});
after(endAll);

const cards = () => display.page.locator('.ticket').count();

/** An hour in a minute: orders come, lines change, all is bumped. */
async function round() {
  const orders = [];
  for (let i = 0; i < ORDERS_PER_ROUND; i++) orders.push(await placeOrder(service, guest.token, orderOf(harbor, 1, harbor.menuItems[i % 5])));
  await until('all of the rush', async () => (await cards()) === ORDERS_PER_ROUND);
  for (const { tickets } of orders) {
    const [{ id }] = tickets;
    await request(service, 'PATCH', `/v1/tickets/${id}`, { token: manager, body: { status: 'preparing' } });
    await request(service, 'POST', `/v1/tickets/${id}/bump`, { token: manager });
  }
  await until('an empty board', async () => (await cards()) === 0);
}

/** What the page holds, once rubbish is collected. */
async function held() {
  const session = await display.page.context().newCDPSession(display.page);
  await session.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return { nodes, jsEventListeners, usedSize };
}

test('hour after hour, the page holds what it held', async () => {
  await round();
  const early = await held();
  await round();
  await round();
  await round();
  const late = await held();
  const tale = JSON.stringify({ early, late });
  assert.ok(late.nodes <= early.nodes * 1.2 + 50, tale);
  assert.ok(late.jsEventListeners <= early.jsEventListeners * 1.2 + 20, tale);
  assert.ok(late.usedSize <= early.usedSize * 1.2 + 500_000, tale);
});

test('in a rush of 60 tickets a new one is drawn, and a press answered, within a second', async () => {
  for (let i = 0; i < ORDERS_PER_ROUND; i++) await placeOrder(service, guest.token, orderOf(harbor));
  await until('all of the rush', async () => (await cards()) === ORDERS_PER_ROUND);
  const { id } = await placeOrder(service, guest.token, orderOf(harbor));
  await display.shows(id, 1_000);
  await display.press(id, 'start');
  await until('the next step', async () => (await display.card(id).getAttribute('data-status')) === 'preparing', 1_000);
});
