// The kitchen display in a real browser: what happens to orders is seen, on every display of the branch and no other.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { comparisonTimes } from '../support/compare_displays.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, database, harbor, oldTown, browser, cook, first, second;
const personOf = (branch, role) => branch.staff.find((one) => one.role === role);

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor, oldTown] = restaurant.demo.branches;
  const port = String(await freePort());
  const settings = { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' };
  service = await startService(database.url, settings);
  browser = await startBrowser();
  cook = personOf(harbor, 'KITCHEN');
  first = await KitchenPage.open(browser, service, cook);
  second = await KitchenPage.open(browser, service, personOf(harbor, 'MANAGER'));
});
after(() => console.log(comparisonTimes()));
after(endAll);

let nextTable = 0;
async function order(more = {}, branch = harbor) {
  const guest = await sitDown(service, branch.tables[nextTable++ % branch.tables.length]);
  return placeOrder(service, guest.token, { ...orderOf(branch), ...more });
}
const stationsOf = (branch) => new Map(branch.menuItems.map((item) => [item.name, item]));

test('an order is on every display of its branch, and on none of another', async () => {
  const far = await KitchenPage.open(browser, service, personOf(oldTown, 'KITCHEN'));
  const near = await order();
  const elsewhere = await order({}, oldTown);
  await Promise.all([first.shows(near.id), second.shows(near.id), far.shows(elsewhere.id)]);
  assert.equal(await far.card(near.id).count(), 0);
  assert.equal(await first.card(elsewhere.id).count(), 0);
});

test('what guests write is text, whatever they write', async () => {
  const note = '<img src=x onerror="document.title=\'owned\'"> <b>no nuts</b> & ünïcode 🌶';
  const { id } = await order({ note, customerName: '<script>alert(1)</script>', items: [{ menuItemId: harbor.menuItems[0].id, quantity: 2, note }] });
  await first.shows(id);
  const text = await first.card(id).innerText();
  assert.equal(text.split(note).length - 1, 2, text);
  assert.ok(text.includes('<script>alert(1)</script>'));
  assert.equal(await first.card(id).locator('img, b, script').count(), 0);
  assert.match(await first.page.title(), /orderpush/);
});

test('two displays agree after every action', async () => {
  const { id } = await order({ items: harbor.menuItems.slice(0, 1).map((item) => ({ menuItemId: item.id, quantity: 3 })) });
  await first.shows(id);
  await second.shows(id);
  const ticket = await first.card(id).getAttribute('data-ticket');
  const cardIn = (board) => board.flatMap((column) => column.slice(1)).find((one) => one.ticket === ticket);
  const steps = [
    [first, 'acknowledge', (card) => card.status === 'acknowledged'],
    [second, 'hold', (card) => card.flags.includes('ON HOLD')],
    [first, 'fire', (card) => !card.flags.includes('ON HOLD')],
    [second, 'rush', (card) => card.flags.includes('RUSH')],
    [first, 'start', (card) => card.status === 'preparing'],
    [second, 'ready', (card) => card.status === 'ready'],
    [first, 'recall', (card) => card.status === 'preparing'],
    [second, 'ready', (card) => card.status === 'ready'],
    [first, 'bump', (card) => card === undefined],
  ];
  for (const [display, action, isDone] of steps) {
    await display.press(id, action);
    await first.showsSameAs(second, action, (board) => isDone(cardIn(board)));
  }
  await second.page.getByRole('button', { name: 'Recall', exact: true }).click();
  await second.page.locator('.done button').first().click();
  await first.showsSameAs(second, 'recall from the list', (board) => cardIn(board)?.status === 'ready');
});

test('one line is struck out and brought back, on both displays', async () => {
  const items = [...stationsOf(harbor).values()].filter((item) => item.stationId === harbor.menuItems[0].stationId).slice(0, 2);
  const { id } = await order({ items: items.map((item) => ({ menuItemId: item.id, quantity: 1 })) });
  await first.shows(id);
  await first.press(id, 'start');
  const struck = async (display) => display.card(id).locator('.item.is-struck').count();
  await first.card(id).locator('button.item').first().click();
  await waitUntil('the line to be struck out on both', async () => (await struck(first)) === 1 && (await struck(second)) === 1);
  await second.card(id).locator('button.item').first().click();
  await waitUntil('the line to be back on both', async () => (await struck(first)) === 0 && (await struck(second)) === 0);
});

test('a cancel request is refused with a reason, or agreed to and gone', async () => {
  const waiter = await logIn(service, harbor, 'WAITER');
  const ask = (id) => request(service, 'POST', `/v1/orders/${id}/cancel-request`, { token: waiter, body: { reason: 'Wrong <i>table</i>' } });
  const [kept, dropped] = [await order(), await order()];
  await ask(kept.id);
  await ask(dropped.id);
  const asked = (display, id) => display.card(id).locator('.cancel-request');
  await asked(first, kept.id).getByRole('button', { name: 'Refuse' }).click();
  await first.page.getByRole('button', { name: 'It is already cooking.' }).click();
  await waitUntil('the request to be gone on both', async () => (await asked(first, kept.id).count()) + (await asked(second, kept.id).count()) === 0);
  assert.match(await asked(second, dropped.id).innerText(), /Wrong <i>table<\/i>/);
  await asked(second, dropped.id).getByRole('button', { name: 'Cancel it' }).click();
  await second.showsNot(dropped.id);
  await waitUntil('the cancellation on the other', async () => /CANCELLED/.test(await first.card(dropped.id).innerText()));
  await screenshot(first.page, 'kitchen-cancelled');
  await first.card(dropped.id).getByRole('button', { name: 'Got it' }).click();
  await first.showsNot(dropped.id);
  const { body } = await request(service, 'GET', `/v1/orders/${kept.id}`, { token: waiter });
  assert.equal(body.cancelRequest, undefined);
});

test('what changes under the cook’s hands is shown as a change until confirmed, over a reload too', async () => {
  const { id, items } = await order({ items: harbor.menuItems.slice(0, 2).map((item) => ({ menuItemId: item.id, quantity: 1 })) });
  const manager = await logIn(service, harbor, 'MANAGER');
  await first.shows(id);
  await request(service, 'POST', `/v1/orders/${id}/items`, { token: manager, body: orderOf(harbor, 4) });
  const changes = first.page.locator(`[data-order="${id}"] .changes`);
  await waitUntil('the added ticket', async () => (await changes.filter({ hasText: 'ADDED' }).count()) === 1);
  const cancelled = await request(service, 'PATCH', `/v1/orders/${id}/items/${items[0].itemId}`, { token: manager, body: { status: 'cancelled' } });
  assert.equal(cancelled.status, 200);
  await waitUntil('the cancelled line', async () => (await changes.count()) === 2);
  await first.page.reload();
  await connected(first.page);
  await waitUntil('both after the reload', async () => (await changes.count()) === 2);
  for (let left = 2; left > 0; left--) {
    // A card that is drawn anew between press and release takes no click: pressed again, as a cook does.
    await waitUntil('one less', async () => {
      if ((await changes.count()) === left) await changes.first().getByRole('button', { name: 'Got it' }).click();
      return (await changes.count()) === left - 1;
    });
  }
});

test('keys do what buttons do, as a bump bar sends them', async () => {
  const { id } = await order();
  await first.shows(id);
  const ticket = await first.card(id).getAttribute('data-ticket');
  const status = () => first.page.locator(`[data-ticket="${ticket}"]`).getAttribute('data-status', { timeout: 1_000 }).catch(() => 'gone');
  const becomes = (wanted) => waitUntil(`the ticket to be ${wanted}`, async () => (await status()) === wanted);
  const { keyboard } = first.page;
  const chosen = () => first.page.locator('.is-chosen').getAttribute('data-ticket', { timeout: 1_000 }).catch(() => undefined);
  for (let step = 0; step < 40 && (await chosen()) !== ticket; step++) await keyboard.press('ArrowRight');
  for (let step = 0; step < 40 && (await chosen()) !== ticket; step++) await keyboard.press('ArrowLeft');
  await keyboard.press('t');
  await becomes('acknowledged');
  await keyboard.press('Enter');
  await becomes('preparing');
  await keyboard.press('Enter');
  await becomes('ready');
  await keyboard.press('b');
  await becomes('gone');
  await keyboard.press('r');
  await becomes('ready');
  const waiter = await logIn(service, harbor, 'WAITER');
  const asked = first.card(id).locator('.cancel-request');
  await request(service, 'POST', `/v1/orders/${id}/cancel-request`, { token: waiter, body: { reason: 'Gone' } });
  await asked.waitFor();
  await keyboard.press('n');
  await first.page.getByRole('dialog').waitFor();
  await keyboard.press('Enter');
  await waitUntil('the request to be refused', async () => (await asked.count()) === 0);
  await waitUntil('the question to be gone', async () => (await first.page.getByRole('dialog').count()) === 0);
  // A key may still belong to the dialog that goes.
  await waitUntil('the list of keys', async () => {
    if ((await first.page.getByRole('dialog').count()) > 0) return true;
    await keyboard.press('?');
    return false;
  });
  await keyboard.press('Escape');
  assert.equal(await first.page.getByRole('dialog').count(), 0);
});

test('a waiter is refused with a reason, a wrong password too, and the next try succeeds', async () => {
  const context = await browser.device({ locale: 'de-DE' });
  const page = new KitchenPage(await context.newPage());
  await page.page.goto(`${service.url}/kitchen`);
  await page.logIn({ ...cook, password: 'wrong' });
  const alert = page.page.getByRole('alert');
  await waitUntil('the refusal', async () => /ist falsch/.test(await alert.innerText()));
  await page.logIn(personOf(harbor, 'WAITER'));
  await waitUntil('the other refusal', async () => /nicht für die Rolle WAITER/.test(await alert.innerText()));
  await page.logIn(cook);
  await connected(page.page);
  assert.equal(await page.page.getAttribute('html', 'lang'), 'de');
  assert.doesNotMatch(page.page.url(), /token|eyJ/);
});
