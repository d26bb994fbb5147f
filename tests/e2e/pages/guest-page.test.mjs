// The guest page in a real browser: a table orders, watches its food being made, and pays.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, placeOrder, orderOf, request, sitDown } from '../support/fixtures.mjs';
import { GuestPage, PHONE } from '../support/pages/guest_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, database, harbor, browser, kitchen, waiter, manager;
const menu = {};

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  for (const item of harbor.menuItems) menu[item.name] = item;
  const port = String(await freePort());
  service = await startService(database.url, {
    WEB_DIR: await buildPages(),
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    BUILTIN_RECONNECT_SECONDS: '0',
  });
  browser = await startBrowser();
  kitchen = await logIn(service, harbor, 'KITCHEN');
  waiter = await logIn(service, harbor, 'WAITER');
  manager = await logIn(service, harbor, 'MANAGER');
});
after(endAll);

let made = 0;
/** A table that nobody sits at: each journey has its own. */
async function freshTable() {
  const { status, body } = await request(service, 'POST', `/v1/branches/${harbor.id}/tables`, {
    token: manager,
    body: { number: `G${++made}`, areaName: 'Garden' },
  });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}
const open = async (options) => GuestPage.open(browser, service, await freshTable(), options);
const ordersAt = async (guest) => {
  const { sessionId } = JSON.parse(JSON.parse(await guest.stored())['orderpush.guest.seat']);
  const { body } = await request(service, 'GET', `/v1/sessions/${sessionId}`, { token: waiter });
  return body;
};
const moveOrder = (id, status) => request(service, 'PATCH', `/v1/orders/${id}`, { token: kitchen, body: { status } });

test('a table orders, and watches its order from the kitchen to the bill', async () => {
  const guest = await open();
  assert.equal(await guest.page.locator('h1').innerText(), 'Harbor');
  assert.match(await guest.page.locator('.top').innerText(), /Garden - G\d/);
  const headings = await guest.page.locator('.category h2').allInnerTexts();
  assert.deepEqual(headings, ['Starters', 'Mains', 'Desserts', 'Drinks'], 'in the order of the restaurant');
  await guest.add(menu.Cheeseburger, 2);
  await guest.dish(menu['Caesar Salad']).getByRole('button', { name: /Caesar Salad/ }).first().click();
  await guest.page.getByRole('dialog').getByRole('textbox').fill('no croutons');
  await guest.page.getByRole('button', { name: /^Add for/ }).click();
  await guest.openCart();
  await guest.page.getByLabel('A note for the kitchen').fill('We are in a hurry');
  assert.match(await guest.page.locator('.totals').innerText(), /€36\.70[^]*€6\.97[^]*€43\.67/);
  await screenshot(guest.page, 'guest-cart');
  await guest.placeButton.click();
  const [id] = await guest.showsOrders(1);
  const card = guest.order(id);
  assert.match(await card.innerText(), /Sent to the kitchen[^]*2×[^]*Cheeseburger[^]*waiting[^]*no croutons[^]*in a hurry[^]*€43\.67/);
  await screenshot(guest.page, 'guest-order-placed');

  const { body: order } = await request(service, 'GET', `/v1/orders/${id}`, { token: kitchen });
  assert.deepEqual(order.items.map(({ name, quantity, note }) => [name, quantity, note]), [
    ['Cheeseburger', 2, undefined],
    ['Caesar Salad', 1, 'no croutons'],
  ]);
  const [burger] = order.items;
  await request(service, 'PATCH', `/v1/orders/${id}/items/${burger.itemId}`, { token: kitchen, body: { status: 'preparing' } });
  await waitUntil('the burger on the grill', async () => (await card.locator(`[data-item="${burger.itemId}"]`).getAttribute('data-item-status')) === 'preparing');
  for (const status of ['preparing', 'ready', 'served']) {
    assert.equal((await moveOrder(id, status)).status, 200);
    await guest.showsStatus(id, status);
  }
  await guest.go('Bill');
  const bill = guest.page.locator('.bill');
  assert.match(await bill.innerText(), /2× Cheeseburger[^]*€25\.80[^]*Subtotal\s+€36\.70[^]*Tax\s+€6\.97[^]*Total\s+€43\.67/);
});

test('the code leaves the address, and a reload finds the table, the cart and the orders again', async () => {
  const guest = await open();
  assert.equal(new URL(guest.page.url()).pathname, '/t');
  await guest.add(menu.Lemonade);
  await guest.place();
  const [id] = await guest.showsOrders(1);
  await guest.go('Menu');
  await guest.add(menu.Espresso, 3);
  await guest.page.reload();
  await guest.dish().first().waitFor();
  assert.equal(await guest.page.locator('.cart-bar-count').innerText(), '3');
  await guest.go('Orders');
  assert.deepEqual(await guest.showsOrders(1), [id]);
  await connected(guest.page);
  const entries = await guest.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).join());
  assert.doesNotMatch(entries, /opst_|qrToken/);
});

test('several phones at one table see one another’s orders, and other tables do not', async () => {
  const table = await freshTable();
  const first = await GuestPage.open(browser, service, table);
  const second = await GuestPage.open(browser, service, table);
  const elsewhere = await open();
  await second.go('Orders');
  await elsewhere.go('Orders');
  await first.add(menu.Pilsner);
  await first.place();
  const [id] = await first.showsOrders(1);
  assert.deepEqual(await second.showsOrders(1), [id]);
  assert.deepEqual(await elsewhere.orderIds(), []);
});

test('a double tap is one order', async () => {
  const guest = await open();
  await guest.add(menu.Oysters);
  await guest.openCart();
  await guest.placeButton.evaluate((button) => {
    for (let tap = 0; tap < 5; tap++) button.click();
  });
  await guest.showsOrders(1);
  await connected(guest.page);
  assert.equal((await ordersAt(guest)).orders.length, 1);
});

test('an answer that is lost on the way is one order', async () => {
  const guest = await open();
  let sent = 0;
  const keys = new Set();
  await guest.page.route('**/v1/orders', async (route) => {
    keys.add(route.request().headers()['idempotency-key']);
    if (++sent > 2) return route.continue();
    await route.fetch(); // the service has done it
    return route.abort('connectionreset');
  });
  await guest.add(menu.Cheeseburger);
  await guest.place();
  await waitUntil('the third try', () => sent >= 3);
  await guest.go('Orders');
  await waitUntil('the cart to be empty', async () => (await guest.page.locator('.cart-bar').count()) === 0);
  await guest.showsOrders(1);
  assert.equal(keys.size, 1);
  assert.equal((await ordersAt(guest)).orders.length, 1);
});

test('a page that is closed before the answer asks again when it is opened, and it is one order', async () => {
  const guest = await open();
  await guest.page.route('**/v1/orders', async (route) => {
    await route.fetch();
    return route.abort('connectionreset');
  });
  await guest.add(menu.Cheeseburger);
  await guest.openCart();
  const committed = guest.page.waitForEvent('requestfailed', (one) => one.url().endsWith('/v1/orders'));
  await guest.placeButton.click();
  await committed;
  const context = guest.page.context();
  await guest.page.close();
  const again = new GuestPage(await context.newPage());
  await again.page.goto(`${service.url}/t`);
  await connected(again.page);
  await waitUntil('the cart to be empty', async () => (await again.page.locator('.cart-bar').count()) === 0);
  await waitUntil('nothing to wait', async () => !(await again.stored()).includes('guest.asks'));
  await again.go('Orders');
  await again.showsOrders(1);
  assert.equal((await ordersAt(again)).orders.length, 1);
});

test('what sells out while it is in the cart is shown at once, and cannot be ordered', async () => {
  const guest = await open();
  await guest.add(menu['Ribeye Steak']);
  await guest.add(menu.Lemonade);
  const set = (body) => request(service, 'PATCH', `/v1/menu/items/${menu['Ribeye Steak'].id}`, { token: manager, body });
  await set({ available: false });
  await waitUntil('the menu to say so', async () => (await guest.dish(menu['Ribeye Steak']).getAttribute('data-available')) === 'false');
  await guest.openCart();
  assert.match(await guest.page.getByRole('dialog').innerText(), /Sold out[^]*Something in your order is sold out/);
  assert.equal(await guest.placeButton.isDisabled(), true);
  await screenshot(guest.page, 'guest-sold-out');
  await guest.page.getByRole('button', { name: 'Remove Ribeye Steak' }).click();
  await guest.placeButton.click();
  const [id] = await guest.showsOrders(1);
  assert.doesNotMatch(await guest.order(id).innerText(), /Ribeye/);
  await set({ available: true });
});

test('an order that the service refuses keeps the cart, and says why', async () => {
  const guest = await open();
  await guest.page.route('**/v1/channels/menu*/**', (route) => route.abort());
  await guest.add(menu['Chocolate Mousse']);
  await guest.openCart();
  // Sold out in the moment of the tap: the page could not know.
  await guest.page.route('**/v1/orders', async (route) => {
    await request(service, 'PATCH', `/v1/menu/items/${menu['Chocolate Mousse'].id}`, { token: manager, body: { available: false } });
    await guest.page.unroute('**/v1/orders');
    return route.continue();
  });
  await guest.placeButton.click();
  await waitUntil('the refusal', async () => /no longer available/.test(await guest.page.locator('.toasts').innerText()));
  await waitUntil('the line to say so', async () => (await guest.page.locator('[data-had=sold-out]').count()) === 1);
  assert.equal((await ordersAt(guest)).orders.length, 0);
  await request(service, 'PATCH', `/v1/menu/items/${menu['Chocolate Mousse'].id}`, { token: manager, body: { available: true } });
  await waitUntil('it to be there again', async () => !(await guest.placeButton.isDisabled()));
});

test('what guests write is text, whatever they write', async () => {
  const note = '<img src=x onerror="document.title=\'owned\'"> <b>no nuts</b> & ünïcode 🌶';
  const guest = await open();
  await guest.dish(menu.Cheeseburger).getByRole('button').first().click();
  await guest.page.getByRole('dialog').getByRole('textbox').fill(note);
  await guest.page.getByRole('button', { name: /^Add for/ }).click();
  await guest.place();
  const [id] = await guest.showsOrders(1);
  assert.ok((await guest.order(id).innerText()).includes(note));
  assert.equal(await guest.order(id).locator('img, b, script').count(), 0);
  assert.doesNotMatch(await guest.page.title(), /owned/);
});

test('a cancellation is asked for while the order is pending, and the kitchen’s answer is shown', async () => {
  const guest = await open();
  const orders = [];
  for (const item of [menu.Lemonade, menu.Pilsner]) {
    await guest.go('Menu');
    await guest.add(item);
    await guest.place();
    orders.push((await guest.showsOrders(orders.length + 1))[0]);
  }
  const ask = async (id) => {
    await guest.order(id).getByRole('button', { name: 'Ask to cancel' }).click();
    await guest.page.getByRole('dialog').getByLabel('We changed our minds').check();
    if (id === orders[0]) await screenshot(guest.page, 'guest-cancel');
    await guest.page.getByRole('button', { name: 'Ask the kitchen' }).click();
    await waitUntil('the question', async () => /kitchen is looking/.test(await guest.order(id).innerText()));
  };
  const [refused, agreed] = orders;
  await ask(refused);
  await ask(agreed);
  const { body } = await request(service, 'GET', `/v1/orders/${refused}`, { token: kitchen });
  assert.equal(body.cancelRequest.reason, 'We changed our minds');
  await request(service, 'POST', `/v1/orders/${refused}/cancel-request/reject`, { token: kitchen, body: { reason: 'It is <b>poured</b>' } });
  await waitUntil('the refusal', async () => (await guest.order(refused).innerText()).includes('keeps the order: It is <b>poured</b>'));
  await request(service, 'POST', `/v1/orders/${agreed}/cancel-request/accept`, { token: kitchen, body: {} });
  await guest.showsStatus(agreed, 'cancelled');
  await waitUntil('the reason', async () => /Cancelled: We changed our minds/.test(await guest.order(agreed).innerText()));
  await screenshot(guest.page, 'guest-cancel-answers');
  await guest.page.reload();
  await guest.go('Orders');
  await guest.showsOrders(2);
  assert.match(await guest.order(refused).innerText(), /keeps the order/, 'also after a reload');
});

test('a code of no table says so kindly, and is not kept in the address', async () => {
  const context = await browser.device(PHONE);
  const guest = new GuestPage(await context.newPage());
  await guest.scan(service, 'not-a-code-of-any-table');
  await guest.page.locator('[data-stage=dead]').waitFor();
  assert.match(await guest.page.locator('main').innerText(), /does not work any more[^]*ask your waiter/);
  assert.equal(new URL(guest.page.url()).pathname, '/t');
  await screenshot(guest.page, 'guest-dead-code');
  await guest.page.reload();
  await guest.page.locator('[data-stage=lost]').waitFor();
  assert.match(await guest.page.locator('main').innerText(), /Scan the code/);
});

test('a phone does not say goodbye while something is to come', async () => {
  const table = await freshTable();
  const guest = await GuestPage.open(browser, service, table);
  await guest.add(menu.Cheeseburger, 1);
  await guest.place();
  await guest.showsOrders(1);
  const { bill, session } = await ordersAt(guest);
  const body = { sessionId: session.id, amount: bill.outstandingAmount, method: 'online' };
  assert.equal((await request(service, 'POST', '/v1/payments', { token: waiter, body })).body.sessionClosed, false);
  await request(service, 'POST', `/v1/sessions/${session.id}/close`, { token: waiter });
  await guest.page.locator('[data-stage=coming]').waitFor();
  assert.match(await guest.page.locator('.over').innerText(), /on its way[^]*Cheeseburger/);
  assert.doesNotMatch(await guest.page.locator('.over').innerText(), /See you soon/);
});

test('when the table has paid and was served, the page says thank you and shows the final bill, also to a phone that slept', async () => {
  const table = await freshTable();
  const awake = await GuestPage.open(browser, service, table);
  const asleep = await GuestPage.open(browser, service, table);
  await awake.add(menu.Cheeseburger, 2);
  await awake.place();
  const [id] = await awake.showsOrders(1);
  await asleep.page.context().setOffline(true);
  await connected(asleep.page, 'offline');
  const seated = await sitDown(service, table);
  await placeOrder(service, seated.token, orderOf(harbor, 1, menu.Espresso));
  const { bill, session } = await ordersAt(awake);
  assert.equal(await awake.orderIds().then((ids) => ids.includes(id)), true);
  const paid = await request(service, 'POST', '/v1/payments', {
    token: waiter,
    body: { sessionId: session.id, amount: bill.outstandingAmount, method: 'card' },
  });
  assert.equal(paid.body.sessionClosed, false);
  // What was paid is still being made: the phone goes on with it.
  await awake.go('Bill');
  await waitUntil('the bill to be paid', async () => /To pay\s+€0\.00/.test(await awake.page.locator('main').innerText()));
  assert.equal(await awake.page.locator('.over').count(), 0);
  for (const order of (await ordersAt(awake)).orders) await moveOrder(order.id, 'served');
  await database.query("update payments set paid_at = paid_at - interval '11 minutes' where session_id = $1", [session.id]);
  await database.query("update orders set updated_at = updated_at - interval '11 minutes' where session_id = $1", [session.id]);
  await awake.page.locator('[data-stage=over]').waitFor();
  await asleep.page.context().setOffline(false);
  for (const guest of [awake, asleep]) {
    await guest.page.locator('[data-stage=over]').waitFor();
    await waitUntil('the final bill', async () => /Espresso[^]*Paid[^]*To pay\s+€0\.00/.test(await guest.page.locator('.over').innerText()));
    assert.match(await guest.page.locator('.over').innerText(), /Thank you![^]*Harbor[^]*Cheeseburger/);
  }
  await screenshot(awake.page, 'guest-thank-you');
  await awake.page.reload();
  await awake.page.locator('[data-stage=over]').waitFor();
  await waitUntil('the bill again', async () => /Espresso/.test(await awake.page.locator('.over').innerText()));
});
