// The kitchen display when something is away: the network, the service, the log-in, the storage, the cook.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, screenshot, skipReconnectPause, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, settings, database, harbor, browser, cook;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const port = String(await freePort());
  settings = { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' };
  service = await startService(database.url, settings);
  browser = await startBrowser();
});
after(endAll);

let nextTable = 0;
async function order() {
  const guest = await sitDown(service, harbor.tables[nextTable++ % harbor.tables.length]);
  return placeOrder(service, guest.token, orderOf(harbor));
}
const open = (options) => KitchenPage.open(browser, service, cook, options);
const bumpsOf = async ({ id }) => {
  const rows = await database.query("select count(*)::int as n from events where name = 'kitchen:order_completed' and payload->>'orderId' = $1", [id]);
  return rows[0].n;
};
const waits = (display, count) => waitUntil(`${count} to wait`, async () => (await display.waiting()) === count);

test('a server that is killed and started again loses nothing, and the board stays meanwhile', async () => {
  const display = await open({ hasClock: true });
  const before = await order();
  await display.shows(before.id);
  await service.kill();
  await connected(display.page, 'offline');
  assert.equal(await display.card(before.id).count(), 1);
  await screenshot(display.page, 'kitchen-offline');
  service = await startService(database.url, settings);
  const behind = await order();
  await display.shows(behind.id);
  await skipReconnectPause(display.page);
  await connected(display.page);
  const shown = (await display.board()).flatMap((column) => column.slice(1)).map(({ ticket }) => ticket);
  assert.equal(new Set(shown).size, shown.length, 'nothing twice');
});

test('what is done offline is done at once on the display, and once on the service', async () => {
  const display = await open();
  const other = await open();
  const [one, two] = [await order(), await order()];
  await display.shows(two.id);
  await display.page.context().setOffline(true);
  await connected(display.page, 'offline');
  await display.press(one.id, 'bump');
  await display.press(two.id, 'start');
  await display.showsNot(one.id);
  await waits(display, 2);
  assert.equal(await bumpsOf(one), 0);
  await display.page.context().setOffline(false);
  await connected(display.page);
  await waits(display, 0);
  await other.showsNot(one.id);
  await waitUntil('the other to see the start', async () => (await other.card(two.id).getAttribute('data-status')) === 'preparing');
  assert.equal(await bumpsOf(one), 1);
});

test('what waits outlives the page', async () => {
  const display = await open();
  const one = await order();
  await display.shows(one.id);
  const context = display.page.context();
  await context.setOffline(true);
  await display.press(one.id, 'bump');
  await waits(display, 1);
  await display.page.close();
  await context.setOffline(false);
  const again = new KitchenPage(await context.newPage());
  await again.page.goto(`${service.url}/kitchen`);
  await connected(again.page);
  await waits(again, 0);
  await again.showsNot(one.id);
  assert.equal(await bumpsOf(one), 1);
});

test('what others did meanwhile is the truth: done already is done, what is refused is shown and redrawn', async () => {
  const display = await open();
  const token = await logIn(service, harbor, 'MANAGER');
  const [bumped, cancelled] = [await order(), await order()];
  await display.shows(cancelled.id);
  const ticketOf = (id) => display.card(id).getAttribute('data-ticket');
  const ticket = await ticketOf(bumped.id);
  await display.page.context().setOffline(true);
  await connected(display.page, 'offline');
  await display.press(bumped.id, 'bump');
  await display.press(cancelled.id, 'start');
  await request(service, 'POST', `/v1/tickets/${ticket}/bump`, { token });
  await request(service, 'PATCH', `/v1/orders/${cancelled.id}`, { token, body: { status: 'cancelled' } });
  await display.page.context().setOffline(false);
  await connected(display.page);
  await waits(display, 0);
  await display.showsNot(bumped.id);
  await waitUntil('the cancellation', async () => /CANCELLED/.test(await display.card(cancelled.id).innerText()));
  assert.match(await display.page.locator('.toasts').innerText(), /cancelled already/);
  assert.equal(await bumpsOf(bumped), 1);
});

test('a log-in that has ended is renewed over the board, and what waited is sent', async () => {
  const display = await open();
  const one = await order();
  await display.shows(one.id);
  await service.stop();
  await connected(display.page, 'offline');
  await display.press(one.id, 'bump');
  service = await startService(database.url, { ...settings, JWT_SECRET: 'another secret with which no token is good any more' });
  const banner = display.page.locator('[data-log-in=ended]');
  await banner.waitFor();
  assert.match(await banner.innerText(), /log-in has ended[^]*1 waits to be sent/);
  assert.equal(await display.waiting(), 1);
  await screenshot(display.page, 'kitchen-log-in-again');
  await display.logIn(cook);
  await connected(display.page);
  await waits(display, 0);
  assert.equal(await bumpsOf(one), 1);
  await service.stop();
  service = await startService(database.url, settings);
});

test('a display that slept catches up when it wakes', async () => {
  const display = await open();
  const session = await display.page.context().newCDPSession(display.page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  const slept = await order();
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await display.shows(slept.id);
});

test('without WebSockets the display looks for itself', async () => {
  const context = await browser.device();
  await context.routeWebSocket(/.*/, (socket) => socket.close());
  const display = new KitchenPage(await context.newPage());
  await display.page.goto(`${service.url}/kitchen`);
  await display.logIn(cook);
  await connected(display.page, 'polling');
  const one = await order();
  await display.shows(one.id);
});

test('a browser that stores nothing shows the kitchen all the same', async () => {
  const context = await browser.device();
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(globalThis, name, {
        get() {
          throw new DOMException('blocked', 'SecurityError');
        },
      });
    }
  });
  const display = new KitchenPage(await context.newPage());
  await display.page.goto(`${service.url}/kitchen`);
  await display.logIn(cook);
  await connected(display.page);
  const one = await order();
  await display.shows(one.id);
  await display.press(one.id, 'bump');
  await display.showsNot(one.id);
  await waitUntil('the bump', async () => (await bumpsOf(one)) === 1);
  await waitUntil('a message', async () => /stores nothing/.test(await display.page.locator('.toasts').innerText()));
});
