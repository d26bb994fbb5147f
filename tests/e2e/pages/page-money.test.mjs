// Amounts have the decimals of ISO 4217 on every page, whatever the browser thinks; also those that are typed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { GuestPage } from '../support/pages/guest_page.mjs';
import { OpsPage } from '../support/pages/ops_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

let service, database, harbor, browser;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  const port = String(await freePort());
  service = await startService(database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` });
  browser = await startBrowser();
  await database.query('update branches set tax_rate_bp = 0');
});
after(endAll);

/** A browser whose own table of currencies has no decimals at all. */
async function misled(context) {
  await context.addInitScript(() => {
    const known = Intl.NumberFormat;
    Intl.NumberFormat = function (language, options) {
      return new known(language, options?.style === 'currency' ? { minimumFractionDigits: 0, maximumFractionDigits: 0, ...options } : options);
    };
  });
  return context;
}

const CASES = [
  // 129,000 minor units; half of it as typed.
  { currency: 'HUF', price: 129_000, shown: /1,290\.00/, typed: '645', minor: 64_500, refused: '645.001' },
  { currency: 'JPY', price: 1_290, shown: /1,290(?!\.)/, typed: '645', minor: 645, refused: '645.5' },
  { currency: 'KWD', price: 1_290, shown: /1\.290/, typed: '0.645', minor: 645, refused: '0.6451' },
  { currency: 'CLF', price: 12_900, shown: /1\.2900/, typed: '0.6450', minor: 6_450, refused: '0.64501' },
  { currency: 'XYZ', price: 1_290, shown: /1,290 XYZ \(minor units\)/, typed: '645', minor: 645, refused: '645.5' },
];

for (const [i, { currency, price, shown, typed, minor, refused }] of CASES.entries()) {
  test(`${currency}: what guests, waiters and managers read, and what is typed`, async () => {
    await database.query('update restaurants set currency = $1', [currency]);
    const [dish] = harbor.menuItems;
    await database.query('update menu_items set price_minor = $1 where id = $2', [price, dish.id]);
    const table = harbor.tables[i];
    const guest = new GuestPage(await (await misled(await browser.device())).newPage());
    await guest.scan(service, table.qrToken);
    await guest.dish(dish).waitFor();
    assert.match(await guest.dish(dish).locator('.dish-price').innerText(), shown);
    const { token } = await sitDown(service, table);
    const order = await placeOrder(service, token, { items: [{ menuItemId: dish.id, quantity: 1 }] });
    await guest.go('Bill');
    await waitUntil('the bill', async () => shown.test(await guest.page.locator('[data-sum=total] td').innerText()));

    const context = await misled(await browser.device());
    const tablet = new WaiterPage(await context.newPage());
    await tablet.page.goto(`${service.url}/waiter`);
    await tablet.logIn(harbor.staff.find(({ role }) => role === 'WAITER'));
    await tablet.openTable(table.id);
    assert.match(await tablet.order(order.id).locator('.order-amount').innerText(), shown);
    await tablet.press('pay');
    const amount = tablet.page.locator('.sheet [name=amount]');
    await amount.fill(refused);
    assert.equal(await amount.getAttribute('aria-invalid'), 'true', refused);
    await amount.fill(typed);
    await tablet.press('confirm-pay');
    const manager = await logIn(service, harbor, 'MANAGER');
    const paid = async () => (await request(service, 'GET', `/v1/sessions/${order.sessionId}`, { token: manager })).body.bill.paidAmount;
    await waitUntil('the payment', async () => (await paid()) === minor);

    const ops = await OpsPage.open(browser, service, harbor.staff.find(({ role }) => role === 'MANAGER'));
    await ops.page.fill('#search-field', order.id);
    await ops.page.keyboard.press('Enter');
    await waitUntil('the order', async () => shown.test(await ops.page.locator('[data-story] .row-facts').first().innerText()));
  });
}
