// The waiters' tablet for every eye: axe-core finds nothing, from a phone to a large screen, in light and dark. The pictures
// stay in build/screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

let service, database, harbor, browser, waiter, tables, orders;

const move = (token, order, status) => request(service, 'PATCH', `/v1/orders/${order.id}`, { token, body: { status } });

/** An evening: tables in every state. */
async function fillFloor() {
  const manager = await logIn(service, harbor, 'MANAGER');
  const more = [];
  for (const [areaName, numbers] of [['Terrace', ['T11', 'T12', 'T13', 'T14']], ['Winter garden', ['W1', 'W2', 'W3', 'W10']]]) {
    for (const number of numbers) {
      const made = await request(service, 'POST', `/v1/branches/${harbor.id}/tables`, { token: manager, body: { number, areaName } });
      more.push(made.body);
    }
  }
  tables = [...harbor.tables, ...more];
  const sit = (i) => sitDown(service, tables[i]);
  const order = async (guest, which, fields = {}) => {
    const items = which.map(([at, quantity, note]) => ({ menuItemId: harbor.menuItems[at % harbor.menuItems.length].id, quantity, ...(note ? { note } : {}) }));
    return placeOrder(service, guest.token, { items, ...fields });
  };
  const [seated, ordered, cooking, ready, paying, leaving] = await Promise.all([0, 1, 2, 3, 7, 8].map(sit));
  assert.ok(seated.token);
  const made = {
    ordered: await order(ordered, [[0, 2], [3, 1]]),
    cooking: await order(cooking, [[1, 1, 'well done'], [2, 2]], { customerName: 'Zoë', note: 'Birthday: a candle, please' }),
    ready: await order(ready, [[0, 2, 'no onions'], [3, 4], [2, 1]]),
    later: await order(ready, [[1, 1]]),
    paying: await order(paying, [[0, 1], [1, 2]]),
    drinks: await order(cooking, [[3, 3]]),
  };
  await move(manager, made.cooking, 'preparing');
  await move(manager, made.ready, 'ready');
  await move(manager, made.drinks, 'ready');
  await move(manager, made.paying, 'served');
  await request(service, 'POST', '/v1/payments', { token: manager, body: { sessionId: paying.session.id, amount: 500, method: 'cash' } });
  await request(service, 'POST', `/v1/sessions/${leaving.session.id}/close`, { token: manager });
  await request(service, 'POST', `/v1/orders/${made.cooking.id}/cancel-request`, { token: manager, body: { reason: 'Guests had to leave' } });
  for (const [each, minutes] of [[made.ordered, 6], [made.cooking, 14], [made.ready, 21]]) {
    await database.query("update orders set created_at = created_at - $2::float8 * interval '1 minute' where id = $1", [each.id, minutes]);
    await database.query("update tickets set ready_at = ready_at - $2::float8 * interval '1 minute' where order_id = $1", [each.id, minutes / 5]);
  }
  await database.query("update table_sessions set opened_at = opened_at - interval '47 minutes'");
  return made;
}

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  waiter = harbor.staff.find(({ role }) => role === 'WAITER');
  const port = String(await freePort());
  service = await startService(database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' });
  browser = await startBrowser();
  orders = await fillFloor();
});
after(endAll);

const tableOf = (name) => orders[name].tableId;

for (const colorScheme of ['dark', 'light']) {
  test(`axe-core finds nothing wrong in the ${colorScheme} one, in any state`, async () => {
    const context = await browser.device({ colorScheme, viewport: { width: 1024, height: 768 } });
    const tablet = new WaiterPage(await context.newPage());
    const { page } = tablet;
    const shot = async (what) => {
      await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
      await screenshot(page, `waiter-${what}-${colorScheme}`);
      assert.deepEqual(await accessibilityFaults(page), [], what);
    };
    await page.goto(`${service.url}/waiter`);
    await page.locator('form.log-in').waitFor();
    await shot('log-in');
    await tablet.logIn(waiter);
    await tablet.showsReady(orders.ready.id);
    await connected(page);
    // Nobody is in the kitchen of this test.
    await page.locator('[data-alarm]').first().waitFor();
    await shot('floor');
    await tablet.openTable(tableOf('cooking'));
    await shot('table');
    await tablet.openTable(tableOf('paying'));
    await tablet.press('pay');
    await shot('pay');
    await page.keyboard.press('Escape');
    await tablet.press('place');
    await page.locator('[data-menu-item] button').first().click();
    await shot('place');
    await page.keyboard.press('Escape');
    await tablet.press('close');
    await shot('close');
    await tablet.openTable(tables.at(-1).id);
    await shot('free');
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await shot('settings');
  });
}

for (const [name, viewport] of [['phone', { width: 320, height: 640 }], ['portrait', { width: 768, height: 1024 }], ['4k', { width: 3840, height: 2160 }]]) {
  test(`it fits a ${name}`, async () => {
    const tablet = await WaiterPage.open(browser, service, waiter, { viewport, colorScheme: name === 'portrait' ? 'light' : 'dark' });
    const { page } = tablet;
    await tablet.showsReady(orders.ready.id);
    await fits(page, `waiter-${name}`);
    await tablet.openTable(tableOf('ready'));
    await fits(page, `waiter-${name}-table`);
    await page.keyboard.press('Escape');
    await waitUntil('the focus to be back', () => page.evaluate(() => document.activeElement?.matches('[data-table]')));
  });
}

async function fits(page, name) {
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
  await screenshot(page, name);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0, 'nothing beyond the edge');
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('button, .table, .order, .line-name, .alarm')]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
      .map((element) => element.outerHTML.slice(0, 160)),
  );
  assert.deepEqual(cut, [], 'no text is cut');
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button')]
      .filter((button) => button.checkVisibility() && button.getBoundingClientRect().height < 43)
      .map((button) => button.outerHTML.slice(0, 160)),
  );
  assert.deepEqual(small, [], 'large enough for a finger');
}
