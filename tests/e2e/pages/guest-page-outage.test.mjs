// The guest page when things go wrong: networks, servers, browsers that store nothing, orders that waited too long.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, screenshot, skipReconnectPause, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, request } from '../support/fixtures.mjs';
import { GuestPage, PHONE } from '../support/pages/guest_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, database, harbor, browser, settings, kitchen, manager, burger;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  burger = harbor.menuItems.find(({ name }) => name === 'Cheeseburger');
  const port = String(await freePort());
  settings = { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' };
  service = await startService(database.url, settings);
  browser = await startBrowser();
  kitchen = await logIn(service, harbor, 'KITCHEN');
  manager = await logIn(service, harbor, 'MANAGER');
});
after(endAll);

let nextTable = 0;
const freshTable = () => harbor.tables[nextTable++];
const ordersIn = async () => (await database.query('select count(*)::int as n from orders'))[0].n;

test('a phone that slept catches up when it wakes', async () => {
  const guest = await GuestPage.open(browser, service, freshTable());
  await guest.add(burger);
  await guest.place();
  const [id] = await guest.showsOrders(1);
  await guest.page.context().setOffline(true);
  await connected(guest.page, 'offline');
  assert.match(await guest.page.locator('.offline-hint').innerText(), /last known/);
  await screenshot(guest.page, 'guest-offline');
  await request(service, 'PATCH', `/v1/orders/${id}`, { token: kitchen, body: { status: 'ready' } });
  await request(service, 'PATCH', `/v1/menu/items/${burger.id}`, { token: manager, body: { available: false } });
  await guest.page.context().setOffline(false);
  await guest.showsStatus(id, 'ready');
  await guest.go('Menu');
  await waitUntil('the menu', async () => (await guest.dish(burger).getAttribute('data-available')) === 'false');
  await connected(guest.page);
  const session = await guest.page.context().newCDPSession(guest.page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await request(service, 'PATCH', `/v1/menu/items/${burger.id}`, { token: manager, body: { available: true } });
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await waitUntil('the menu again', async () => (await guest.dish(burger).getAttribute('data-available')) === 'true');
});

test('what is ordered without a network is kept, and placed once when there is one', async () => {
  const guest = await GuestPage.open(browser, service, freshTable());
  await guest.add(burger, 2);
  const before = await ordersIn();
  await guest.page.context().setOffline(true);
  await guest.place();
  await waitUntil('a message', async () => /kept and sent/.test(await guest.page.locator('.hint').innerText()));
  await screenshot(guest.page, 'guest-waiting');
  assert.equal(await guest.placeButton.isDisabled(), true);
  assert.equal(await ordersIn(), before);
  await guest.page.context().setOffline(false);
  await guest.showsOrders(1);
  assert.equal(await ordersIn(), before + 1);
});

test('a server that is killed and started again loses nothing', async () => {
  const guest = await GuestPage.open(browser, service, freshTable(), { hasClock: true });
  await guest.add(burger);
  await guest.place();
  const [id] = await guest.showsOrders(1);
  await service.kill();
  await connected(guest.page, 'offline');
  assert.equal(await guest.order(id).count(), 1);
  service = await startService(database.url, settings);
  await request(service, 'PATCH', `/v1/orders/${id}`, { token: kitchen, body: { status: 'preparing' } });
  await guest.showsStatus(id, 'preparing');
  await skipReconnectPause(guest.page);
  await connected(guest.page);
});

test('an order that could not be sent for long is sent only if it is still wanted', async () => {
  const guest = await GuestPage.open(browser, service, freshTable());
  await guest.add(burger);
  const before = await ordersIn();
  await guest.page.context().setOffline(true);
  await guest.place();
  const context = guest.page.context();
  await guest.page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.includes('guest.asks'));
    const asks = JSON.parse(localStorage[key]).map((ask) => ({ ...ask, at: ask.at - 20 * 60_000 }));
    localStorage[key] = JSON.stringify(asks);
  });
  await guest.page.close();
  await context.setOffline(false);
  const again = new GuestPage(await context.newPage());
  await again.page.goto(`${service.url}/t`);
  await connected(again.page);
  await again.openCart();
  await again.page.getByRole('button', { name: 'Send it now' }).waitFor();
  await screenshot(again.page, 'guest-still-hungry');
  assert.equal(await ordersIn(), before);
  await again.page.getByRole('button', { name: 'Send it now' }).click();
  await again.showsOrders(1);
  assert.equal(await ordersIn(), before + 1);
});

test('without WebSockets the page looks for itself', async () => {
  const table = freshTable();
  const context = await browser.device(PHONE);
  await context.routeWebSocket(/.*/, (socket) => socket.close());
  const guest = new GuestPage(await context.newPage());
  await guest.scan(service, table.qrToken);
  await connected(guest.page, 'polling');
  await guest.add(burger);
  await guest.place();
  const [id] = await guest.showsOrders(1);
  await request(service, 'PATCH', `/v1/orders/${id}`, { token: kitchen, body: { status: 'ready' } });
  await guest.showsStatus(id, 'ready');
});

test('a restaurant that cannot be reached is tried again, with the code', async () => {
  const context = await browser.device(PHONE);
  const guest = new GuestPage(await context.newPage());
  let isAway = true;
  await guest.page.route('**/v1/sessions', (route) => (isAway ? route.abort() : route.continue()));
  const { qrToken } = harbor.tables[0];
  await guest.scan(service, qrToken);
  await guest.page.locator('[data-stage=unreachable]').waitFor();
  await screenshot(guest.page, 'guest-unreachable');
  assert.ok(guest.page.url().endsWith(qrToken), 'a reload needs it');
  isAway = false;
  const menu = guest.dish(burger).waitFor();
  // On a slow machine the page may have tried again by itself, which takes the button away.
  await Promise.any([guest.page.getByRole('button', { name: 'Try again' }).click(), menu]);
  await menu;
  assert.equal(new URL(guest.page.url()).pathname, '/t');
});

test('a token that is good for nothing any more asks for the code, and the code brings all back', async () => {
  const guest = await GuestPage.open(browser, service, harbor.tables[1]);
  const address = guest.page.url();
  await guest.page.goto('about:blank'); // an open page would see it at once, and forget its seat before the reload
  await database.query('delete from session_guests where session_id in (select id from table_sessions where table_id = $1)', [harbor.tables[1].id]);
  await guest.page.goto(address);
  await guest.page.locator('[data-stage=lost]').waitFor();
  assert.match(await guest.page.locator('main').innerText(), /no longer know your table/);
  await guest.scan(service, harbor.tables[1].qrToken);
  await guest.go('Orders');
  await guest.showsOrders(1);
});

test('a browser that stores nothing orders all the same, and is asked to keep the page open', async () => {
  const context = await browser.device(PHONE);
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(globalThis, name, {
        get() {
          throw new DOMException('blocked', 'SecurityError');
        },
      });
    }
  });
  const guest = new GuestPage(await context.newPage());
  await guest.scan(service, harbor.tables[2].qrToken);
  await connected(guest.page);
  await guest.add(burger);
  await guest.place();
  await waitUntil('a message', async () => /stores nothing/.test(await guest.page.locator('.toasts').innerText()));
  await waitUntil('the order', async () => (await guest.orderIds()).length > 0);
});
