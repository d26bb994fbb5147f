// The waiters' tablet when something is away: the kitchen, the network, the service, the log-in, the storage; and when
// somebody else was first.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, screenshot, skipReconnectPause, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

let service, settings, database, harbor, browser, waiter, cook;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  waiter = harbor.staff.find(({ role }) => role === 'WAITER');
  cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const port = String(await freePort());
  settings = { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' };
  service = await startService(database.url, settings);
  browser = await startBrowser();
});
after(endAll);

let nextTable = 0;
/** New guests with an order; whoever sat there before has left. */
async function seat() {
  const table = harbor.tables[nextTable++ % harbor.tables.length];
  const { body } = await asManager('GET', `/v1/branches/${harbor.id}/tables`);
  const before = body.tables.find(({ id }) => id === table.id).sessionId;
  if (before) await asManager('POST', `/v1/sessions/${before}/close`);
  const guest = await sitDown(service, table);
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  return { table, guest, order };
}
const open = (options) => WaiterPage.open(browser, service, waiter, options);
const asManager = async (method, path, body) => request(service, method, path, { token: await logIn(service, harbor, 'MANAGER'), body });
const makeReady = (order) => asManager('PATCH', `/v1/orders/${order.id}`, { status: 'ready' });
const paymentsOf = async ({ session }) => database.query('select amount_minor from payments where session_id = $1', [session.id]);
const waits = (tablet, count) => waitUntil(`${count} to wait`, async () => (await tablet.waiting()) === count);

test('a kitchen where nobody is raises an alarm that nobody can miss; a display that comes ends it', async () => {
  const tablet = await open();
  const other = await open({ viewport: { width: 390, height: 800 } });
  const { table, order } = await seat();
  const alarm = (page) => page.page.locator(`[data-alarm="${order.id}"]`);
  for (const each of [tablet, other]) await waitUntil('the alarm', async () => (await alarm(each).count()) === 1);
  await waitUntil('its order', async () => (await alarm(tablet).innerText()).includes(`order ${order.orderNumber}`));
  assert.equal(await tablet.page.locator('[role=alert]').isVisible(), true);
  await tablet.openTable(table.id);
  assert.equal(await alarm(tablet).isVisible(), true, 'over an opened table too');
  await other.openTable(table.id);
  assert.equal(await alarm(other).isVisible(), true, 'on a phone too');
  await screenshot(other.page, 'waiter-phone-alarm');
  const late = await open();
  await waitUntil('the alarm on a tablet that came later', async () => (await alarm(late).count()) === 1);
  const display = await KitchenPage.open(browser, service, cook);
  for (const each of [tablet, other, late]) await waitUntil('the end of the alarm', async () => (await each.page.locator('[data-alarm]').count()) === 0);
  await database.query('update branches set unattended_after_seconds = 1');
  await waitUntil('the alarm that nobody took it', async () => (await tablet.page.locator('[data-reason=unacknowledged]').count()) >= 1);
  await display.press(order.id, 'acknowledge');
  await waitUntil('the end of that', async () => (await alarm(tablet).count()) === 0);
  await database.query('update branches set unattended_after_seconds = 86400');
  await asManager('POST', `/v1/sessions/${order.sessionId}/close`);
});

test('a server that is killed and started again loses nothing, and the floor stays meanwhile', async () => {
  const tablet = await open({ hasClock: true });
  const before = await seat();
  await tablet.isAt(before.table.id, 'ordered');
  await service.kill();
  await connected(tablet.page, 'offline');
  assert.equal(await tablet.table(before.table.id).getAttribute('data-stage'), 'ordered');
  await screenshot(tablet.page, 'waiter-offline');
  service = await startService(database.url, settings);
  await makeReady(before.order);
  const behind = await seat();
  await tablet.showsReady(before.order.id);
  await tablet.isAt(behind.table.id, 'ordered');
  await skipReconnectPause(tablet.page);
  await connected(tablet.page);
});

test('what is done without a network waits, shows, and is done once; also over a reload', async () => {
  const tablet = await open();
  const other = await open();
  const { table, guest, order } = await seat();
  await makeReady(order);
  await tablet.showsReady(order.id);
  await tablet.page.context().setOffline(true);
  await connected(tablet.page, 'offline');
  await tablet.ready(order.id).locator('[data-action=serve]').click();
  await tablet.showsNoReady(order.id);
  await tablet.openTable(table.id);
  await tablet.pay({ amount: '3', method: 'cash' });
  await waits(tablet, 2);
  assert.equal((await paymentsOf(guest)).length, 0);
  const context = tablet.page.context();
  await tablet.page.close();
  await context.setOffline(false);
  const again = new WaiterPage(await context.newPage());
  await again.page.goto(`${service.url}/waiter`);
  await connected(again.page);
  await waits(again, 0);
  await other.showsNoReady(order.id);
  assert.deepEqual((await paymentsOf(guest)).map((row) => Number(row.amount_minor)), [300]);
});

test('a payment whose answer was lost is one payment', async () => {
  const tablet = await open();
  const { table, guest } = await seat();
  let lost = 0;
  await tablet.page.route('**/v1/payments', async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await tablet.openTable(table.id);
  await tablet.pay({ amount: '2.50' });
  await waitUntil('the second try', () => lost >= 2);
  await waits(tablet, 0);
  assert.deepEqual((await paymentsOf(guest)).map((row) => Number(row.amount_minor)), [250]);
  await waitUntil('the bill', async () => /Paid/.test(await tablet.page.locator('.bill').innerText()));
});

test('who was second gets a calm message, and sees what is true', async () => {
  const tablet = await open();
  const [served, paid, closed] = [await seat(), await seat(), await seat()];
  await makeReady(served.order);
  await tablet.showsReady(served.order.id);
  await tablet.isAt(closed.table.id, 'ordered');
  await tablet.page.context().setOffline(true);
  await connected(tablet.page, 'offline');
  await tablet.ready(served.order.id).locator('[data-action=serve]').click();
  await tablet.openTable(paid.table.id);
  await tablet.pay();
  await tablet.openTable(closed.table.id);
  await tablet.press('ask-cancel');
  await tablet.page.locator('[data-reason=cancelLate]').click();
  await waits(tablet, 3);
  for (const { itemId } of served.order.items) await asManager('PATCH', `/v1/orders/${served.order.id}/items/${itemId}`, { status: 'served' });
  await asManager('POST', '/v1/payments', { sessionId: paid.guest.session.id, amount: 100, method: 'card' });
  await asManager('PATCH', `/v1/orders/${closed.order.id}`, { status: 'cancelled' });
  await tablet.page.context().setOffline(false);
  await waits(tablet, 0);
  await tablet.says(/somebody else has served it already/);
  await tablet.says(/Somebody else took a payment/);
  await tablet.says(/cancelled meanwhile/);
  assert.equal(await tablet.page.locator('.toast-error').count(), 0);
  await tablet.showsNoReady(served.order.id);
  await tablet.isAt(served.table.id, 'toPay');
  await tablet.isAt(closed.table.id, 'seated');
  await tablet.openTable(paid.table.id);
  const due = `€${((paid.order.finalAmount - 100) / 100).toFixed(2)}`;
  await waitUntil('what is left', async () => (await tablet.page.locator('[data-bill=billOutstanding] dd').innerText()) === due);
});

test('a task at a table whose guests have gone meanwhile ends kindly', async () => {
  const tablet = await open();
  const { table, guest } = await seat();
  await tablet.openTable(table.id);
  await tablet.press('pay');
  await asManager('POST', `/v1/sessions/${guest.session.id}/close`);
  await waitUntil('the empty table', async () => /guests have left/.test(await tablet.page.locator('.sheet').innerText()));
});

test('a log-in that has ended is renewed over what was being done, and what waited is sent', async () => {
  const tablet = await open();
  const { table, guest, order } = await seat();
  await makeReady(order);
  await tablet.showsReady(order.id);
  await tablet.openTable(table.id);
  await tablet.press('place');
  await tablet.page.locator('[data-menu-item] button').first().click();
  await tablet.page.fill('.sheet [name=note]', 'half written');
  await service.stop();
  await connected(tablet.page, 'offline');
  await tablet.ready(order.id).locator('[data-action=serve]').click();
  service = await startService(database.url, { ...settings, JWT_SECRET: 'another secret with which no token is good any more' });
  const banner = tablet.page.locator('[data-log-in=ended]');
  await banner.waitFor();
  assert.match(await banner.innerText(), /log-in has ended/);
  await screenshot(tablet.page, 'waiter-log-in-again');
  await tablet.logIn(waiter);
  await connected(tablet.page);
  await waits(tablet, 0);
  assert.equal(await tablet.page.inputValue('.sheet [name=note]'), 'half written');
  await tablet.press('confirm-place');
  await waitUntil('the order', async () => {
    const token = await logIn(service, harbor, 'MANAGER');
    const { body } = await request(service, 'GET', `/v1/sessions/${guest.session.id}`, { token });
    return body.orders.length === 2 && body.orders[0].status === 'served';
  });
  await service.stop();
  service = await startService(database.url, settings);
});

test('without WebSockets the tablet looks for itself', async () => {
  const context = await browser.device();
  await context.routeWebSocket(/.*/, (socket) => socket.close());
  const tablet = new WaiterPage(await context.newPage());
  await tablet.page.goto(`${service.url}/waiter`);
  await tablet.logIn(waiter);
  await connected(tablet.page, 'polling');
  const { table } = await seat();
  await tablet.isAt(table.id, 'ordered');
});

test('a browser that stores nothing shows the floor all the same', async () => {
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
  const tablet = new WaiterPage(await context.newPage());
  await tablet.page.goto(`${service.url}/waiter`);
  await tablet.logIn(waiter);
  await connected(tablet.page);
  const { order } = await seat();
  await makeReady(order);
  await tablet.showsReady(order.id);
  await tablet.ready(order.id).locator('[data-action=serve]').click();
  await tablet.showsNoReady(order.id);
  await tablet.says(/stores nothing/);
});

test('a cook is refused, with a reason', async () => {
  const context = await browser.device();
  const tablet = new WaiterPage(await context.newPage());
  await tablet.page.goto(`${service.url}/waiter`);
  await tablet.logIn(cook);
  await waitUntil('the refusal', async () => /not for the role KITCHEN/.test(await tablet.page.locator('form.log-in').innerText()));
});
