// The waiters' tablet in a real browser: what happens in kitchen and at tables is seen on every tablet of the branch, and
// what one waiter does the others see.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { comparisonTimes } from '../support/compare_displays.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

let service, database, harbor, oldTown, browser, manager, first, second;
const personOf = (branch, role) => branch.staff.find((one) => one.role === role);

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor, oldTown] = restaurant.demo.branches;
  // No alarm here: the kitchen of these journeys is the manager's token.
  await database.query('update branches set unattended_after_seconds = 86400');
  const port = String(await freePort());
  const settings = { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '600' };
  service = await startService(database.url, settings);
  browser = await startBrowser();
  manager = await logIn(service, harbor, 'MANAGER');
  first = await WaiterPage.open(browser, service, personOf(harbor, 'WAITER'));
  second = await WaiterPage.open(browser, service, personOf(harbor, 'MANAGER'));
});
after(() => console.log(comparisonTimes()));
after(endAll);

const patch = (path, body) => request(service, 'PATCH', path, { token: manager, body });
const post = (path, body) => request(service, 'POST', path, { token: manager, body });
const stageIn = (floor, tableId) => floor.tables.find(([id]) => id === tableId)?.[1];
const isReadyIn = (floor, orderId) => floor.ready.some(([id]) => id === orderId);

let nextTable = 0;
/** Guests at the next free table, and what they ordered. */
async function guests(...items) {
  const table = harbor.tables[nextTable++ % harbor.tables.length];
  const guest = await sitDown(service, table);
  const order = items.length === 0 ? undefined : await placeOrder(service, guest.token, { items });
  return { table, guest, order, leave: () => post(`/v1/sessions/${guest.session.id}/close`).then(() => patch(`/v1/tables/${table.id}`, { status: 'free' })) };
}
const of = (name) => harbor.menuItems.findIndex((item) => item.name === name);
const line = (at = 0, quantity = 1, more = {}) => ({ menuItemId: harbor.menuItems[at].id, quantity, ...more });

test('guests sit down, order, and are cooked for: both tablets agree, another branch sees nothing', async () => {
  const far = await WaiterPage.open(browser, service, personOf(oldTown, 'WAITER'));
  const { table, guest, leave } = await guests();
  await first.showsSameAs(second, 'sitting down', (floor) => stageIn(floor, table.id) === 'seated');
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  await first.showsSameAs(second, 'the order', (floor) => stageIn(floor, table.id) === 'ordered');
  await patch(`/v1/orders/${order.id}`, { status: 'preparing' });
  await first.showsSameAs(second, 'the start', (floor) => stageIn(floor, table.id) === 'cooking');
  assert.deepEqual((await far.floor()).tables.filter(([, stage]) => stage !== 'free'), []);
  await leave();
  await first.showsSameAs(second, 'the end', (floor) => stageIn(floor, table.id) === 'free');
});

test('what is ready rings, is on the pass of both tablets, and serving it clears both', async () => {
  const { table, order, leave } = await guests(line(of('Cheeseburger'), 2), line(of('Lemonade')));
  const kitchen = await KitchenPage.open(browser, service, personOf(harbor, 'KITCHEN'));
  await kitchen.shows(order.id);
  const ticket = order.tickets[0].id;
  await patch(`/v1/tickets/${ticket}`, { status: 'ready' });
  await first.showsSameAs(second, 'the first ticket', (floor) => isReadyIn(floor, order.id) && stageIn(floor, table.id) === 'ready');
  const said = first.page.locator('p[role=status].visually-hidden');
  await waitUntil('the word for those who hear it', async () => (await said.innerText()).includes(`order ${order.orderNumber}`));
  await screenshot(first.page, 'waiter-ready');
  await first.ready(order.id).locator('[data-action=serve]').click();
  await first.showsSameAs(second, 'serving', (floor) => !isReadyIn(floor, order.id) && stageIn(floor, table.id) !== 'ready');
  // The other line, from the opened table of the other tablet, after the kitchen has bumped it off.
  await post(`/v1/tickets/${order.tickets[1].id}/bump`);
  await first.showsSameAs(second, 'the bump', (floor) => isReadyIn(floor, order.id));
  await second.openTable(table.id);
  await second.press('serve-item');
  await first.showsSameAs(second, 'serving the line', (floor) => stageIn(floor, table.id) === 'toPay');
  const { body } = await request(service, 'GET', `/v1/orders/${order.id}`, { token: manager });
  assert.ok(body.items.every(({ status }) => status === 'served'));
  await kitchen.page.context().close();
  await second.page.keyboard.press('Escape');
  await leave();
});

test('two taps serve once, and are one order', async () => {
  const { table, order, guest, leave } = await guests(line());
  await patch(`/v1/orders/${order.id}`, { status: 'ready' });
  await first.showsReady(order.id);
  await first.ready(order.id).locator('[data-action=serve]').dblclick();
  await first.showsNoReady(order.id);
  await first.isAt(table.id, 'toPay');
  const moved = await database.query("select count(*)::int as n from events where name = 'order:item_status_changed' and payload->>'orderId' = $1 and payload->>'status' = 'served'", [order.id]);
  assert.equal(moved[0].n, 1);

  await first.openTable(table.id);
  await first.press('place');
  await first.page.locator(`[data-menu-item="${harbor.menuItems[1].id}"] button`).last().click();
  await first.page.locator('[data-action=confirm-place]').dblclick();
  await first.isAt(table.id, 'ordered');
  const { body } = await request(service, 'GET', `/v1/sessions/${guest.session.id}`, { token: manager });
  assert.equal(body.orders.length, 2);
  await first.page.keyboard.press('Escape');
  await leave();
});

test('an order taken at the table reaches the kitchen with its notes, and what is sold out meanwhile is not in it', async () => {
  const { table, guest, leave } = await guests();
  const [burger, salmon] = harbor.menuItems;
  await first.openTable(table.id);
  await first.press('place');
  const offer = (item) => first.page.locator(`[data-menu-item="${item.id}"]`);
  await offer(burger).locator('button').last().click();
  await offer(burger).locator('button').last().click();
  await offer(burger).locator('.menu-note').fill('<b>rare</b>');
  await offer(salmon).locator('button').last().click();
  await first.page.fill('[name=note]', 'hurry & smile');
  await patch(`/v1/menu/items/${salmon.id}`, { available: false });
  await waitUntil('sold out', async () => /sold out/.test(await offer(salmon).innerText()));
  await first.press('confirm-place');
  await first.isAt(table.id, 'ordered');
  const { body } = await request(service, 'GET', `/v1/sessions/${guest.session.id}`, { token: manager });
  assert.deepEqual(body.orders.map(({ note, items }) => [note, items.map((item) => [item.name, item.quantity, item.note])]), [
    ['hurry & smile', [[body.orders[0].items[0].name, 2, '<b>rare</b>']]],
  ]);
  await patch(`/v1/menu/items/${salmon.id}`, { available: true });
  await first.page.keyboard.press('Escape');
  await leave();
});

test('what people write is text, whatever they write', async () => {
  const note = '<img src=x onerror="document.title=\'owned\'"> <b>no nuts</b> & ünïcode 🌶';
  const { table, guest, leave } = await guests();
  const order = await placeOrder(service, guest.token, { note, customerName: '<script>alert(1)</script>', items: [line(0, 1, { note })] });
  await patch(`/v1/orders/${order.id}`, { status: 'ready' });
  await first.showsReady(order.id);
  await first.openTable(table.id);
  const text = (await first.page.locator('main').innerText()).split(note).length - 1;
  assert.equal(text, 3, 'on the pass, on the order and on its line');
  assert.equal(await first.page.locator('main img, main script, .note b').count(), 0);
  assert.match(await first.page.title(), /orderpush/);
  await first.page.keyboard.press('Escape');
  await leave();
});

test('what is paid in advance waits at the pass until it is served; then the table is closed, and cleaning frees it', async () => {
  const { table, guest, order, leave } = await guests(line(0, 2));
  await first.isAt(table.id, 'ordered');
  await first.openTable(table.id);
  await first.pay({ amount: '10.00', method: 'cash' });
  const due = first.page.locator('[data-bill=billOutstanding] dd');
  await waitUntil('the rest', async () => (await due.innerText()) === `€${((order.finalAmount - 1000) / 100).toFixed(2)}`);
  await first.showsSameAs(second, 'the first payment', (floor) => floor.tables.some(([id, , amount]) => id === table.id && amount === `€${((order.finalAmount - 1000) / 100).toFixed(2)}`));
  await first.pay();
  await waitUntil('nothing more to pay', async () => (await due.innerText()) === '€0.00');
  await first.showsSameAs(second, 'the second payment', (floor) => stageIn(floor, table.id) === 'ordered');
  await patch(`/v1/orders/${order.id}`, { status: 'ready' });
  await first.showsSameAs(second, 'what was paid is ready', (floor) => isReadyIn(floor, order.id) && stageIn(floor, table.id) === 'ready');
  await first.ready(order.id).locator('[data-action=serve]').click();
  await first.showsSameAs(second, 'serving', (floor) => !isReadyIn(floor, order.id) && stageIn(floor, table.id) === 'seated');
  await first.press('close');
  assert.doesNotMatch(await first.page.locator('.sheet').innerText(), /not served yet/);
  await first.press('confirm-close');
  await first.showsSameAs(second, 'closing', (floor) => stageIn(floor, table.id) === 'cleaning');
  const { body } = await request(service, 'GET', `/v1/sessions/${guest.session.id}`, { token: manager });
  assert.deepEqual(body.payments.map(({ amount, method }) => [amount, method]), [[1000, 'cash'], [order.finalAmount - 1000, 'card']]);
  await first.press('clean');
  await first.showsSameAs(second, 'cleaning', (floor) => stageIn(floor, table.id) === 'free');
  await first.page.keyboard.press('Escape');
  assert.ok(leave);
});

test('an amount that is too much, or none, cannot be taken', async () => {
  const { table, order, leave } = await guests(line());
  await first.openTable(table.id);
  await first.press('pay');
  for (const amount of ['0', 'ten', '9999', '1.234']) {
    await first.page.fill('[name=amount]', amount);
    assert.equal(await first.page.locator('[data-action=confirm-pay]').isDisabled(), true, amount);
  }
  await first.page.getByRole('button', { name: 'Half' }).click();
  const half = (Math.ceil(order.finalAmount / 2) / 100).toFixed(2);
  await waitUntil('half of it', async () => (await first.page.inputValue('[name=amount]')) === half);
  await first.page.keyboard.press('Escape');
  await first.page.keyboard.press('Escape');
  await leave();
});

test('what is ready stays at the pass of both when its table is closed, also for a tablet that is opened then', async () => {
  const { table, order } = await guests(line());
  await first.openTable(table.id);
  await first.press('close');
  assert.match(await first.page.locator('.sheet').innerText(), /1 line is not served yet/);
  await first.press('confirm-close');
  await first.showsSameAs(second, 'closing', (floor) => stageIn(floor, table.id) === 'cleaning');
  await patch(`/v1/orders/${order.id}`, { status: 'ready' });
  await first.showsSameAs(second, 'what was left', (floor) => isReadyIn(floor, order.id));
  const third = await WaiterPage.open(browser, service, personOf(harbor, 'WAITER'));
  await third.showsReady(order.id);
  await third.ready(order.id).locator('[data-action=serve]').click();
  await first.showsSameAs(second, 'serving', (floor) => !isReadyIn(floor, order.id));
  await third.page.context().close();
  await first.page.keyboard.press('Escape');
  await patch(`/v1/tables/${table.id}`, { status: 'free' });
});

test('closing a table that has not paid is asked twice, and empties it on both', async () => {
  const { table, leave } = await guests(line());
  await first.openTable(table.id);
  await first.press('close');
  assert.match(await first.page.locator('.sheet').innerText(), /is not paid/);
  await first.press('confirm-close');
  await first.showsSameAs(second, 'closing', (floor) => stageIn(floor, table.id) === 'cleaning');
  await first.page.keyboard.press('Escape');
  await leave();
});

test('a request to cancel is asked, and the answer of the kitchen comes back to both', async () => {
  const [kept, dropped] = [await guests(line()), await guests(line(2))];
  const ask = async ({ table, order }) => {
    await first.openTable(table.id);
    await first.press('ask-cancel');
    await first.page.locator('[data-reason=cancelGuest]').click();
    await waitUntil('the question', async () => /kitchen is asked/.test(await first.order(order.id).innerText()));
  };
  await ask(kept);
  await second.openTable(kept.table.id);
  await waitUntil('the question on the other', async () => /changed their mind/.test(await second.order(kept.order.id).innerText()));
  await post(`/v1/orders/${kept.order.id}/cancel-request/reject`, { reason: 'It is <i>plated</i>' });
  for (const tablet of [first, second]) {
    await waitUntil('the refusal', async () => /keeps order \d+: It is <i>plated<\/i>/.test(await tablet.order(kept.order.id).innerText()));
  }
  await first.order(kept.order.id).getByRole('button', { name: 'Got it' }).click();
  assert.equal(await first.order(kept.order.id).locator('[data-outcome]').count(), 0);
  await ask(dropped);
  await post(`/v1/orders/${dropped.order.id}/cancel-request/accept`, {});
  await waitUntil('the cancellation', async () => (await first.order(dropped.order.id).getAttribute('data-status')) === 'cancelled');
  await first.showsSameAs(second, 'the cancellation', (floor) => stageIn(floor, dropped.table.id) === 'seated');
  await first.page.keyboard.press('Escape');
  await second.page.keyboard.press('Escape');
  await kept.leave();
  await dropped.leave();
});
