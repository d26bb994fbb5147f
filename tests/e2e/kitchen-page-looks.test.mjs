// The kitchen display for every eye: axe-core finds nothing, from a phone to a wall of 4K, in light and dark. The pictures
// stay in build/screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, buildPages, connected, screenshot, startBrowser } from './support/browser.mjs';
import { endAll } from './support/cleanup.mjs';
import { KitchenPage } from './support/kitchen_page.mjs';
import { logIn, placeOrder, request, sitDown } from './support/people.mjs';
import { createRestaurant, freePort, startService } from './support/service.mjs';

let service, database, harbor, browser, cook, orders, asked;

const NOTES = ['no onions', 'allergy: nuts', undefined, 'well done', 'sauce on the side'];

/** An evening: tickets in every state, with all that a card can have on it. */
async function fillKitchen() {
  const manager = await logIn(service, harbor, 'MANAGER');
  const made = [];
  for (let i = 0; i < 9; i++) {
    const guest = await sitDown(service, harbor.tables[i % harbor.tables.length]);
    const items = [0, 1, 2].slice(0, 1 + (i % 3)).map((k) => {
      const note = NOTES[(i + 2 * k) % NOTES.length];
      return { menuItemId: harbor.menuItems[(i + k) % harbor.menuItems.length].id, quantity: 1 + ((i * k) % 4), ...(note ? { note } : {}) };
    });
    made.push(await placeOrder(service, guest.token, { items, ...(i === 3 ? { note: 'Birthday: a candle, please' } : {}), ...(i === 1 ? { customerName: 'Zoë' } : {}) }));
  }
  const ticket = (i, at = 0) => made[i].tickets[at].id;
  const post = (i, action) => request(service, 'POST', `/v1/tickets/${ticket(i)}/${action}`, { token: manager });
  const move = (i, status) => request(service, 'PATCH', `/v1/tickets/${ticket(i)}`, { token: manager, body: { status } });
  for (const [i, status] of [[0, 'preparing'], [1, 'preparing'], [2, 'preparing'], [3, 'ready'], [4, 'acknowledged']]) await move(i, status);
  await post(5, 'hold');
  await post(6, 'rush');
  await request(service, 'POST', `/v1/orders/${made[7].id}/cancel-request`, { token: manager, body: { reason: 'Guests had to leave' } });
  for (const [i, minutes] of [[0, 17], [1, 9], [3, 11], [4, 4], [6, 2]]) {
    await database.query("update tickets set created_at = created_at - make_interval(mins => $2) where order_id = $1", [made[i].id, minutes]);
  }
  return made;
}

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const port = String(await freePort());
  service = await startService(database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` });
  browser = await startBrowser();
  orders = await fillKitchen();
  asked = orders[7];
});
after(endAll);

for (const colorScheme of ['dark', 'light']) {
  test(`axe-core finds nothing wrong in the ${colorScheme} one, in any state`, async () => {
    const context = await browser.device({ colorScheme });
    const { page } = new KitchenPage(await context.newPage());
    await page.goto(`${service.url}/kitchen`);
    await page.locator('form.log-in').waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], 'the log-in');
    await new KitchenPage(page).logIn(cook);
    const display = new KitchenPage(page);
    await display.shows(asked.id);
    await connected(page);
    await screenshot(page, `kitchen-${colorScheme}`);
    assert.deepEqual(await accessibilityFaults(page), [], 'by status');
    await page.getByRole('button', { name: 'By station' }).click();
    await page.getByRole('button', { name: 'All day', exact: true }).click();
    await screenshot(page, `kitchen-stations-${colorScheme}`);
    assert.deepEqual(await accessibilityFaults(page), [], 'by station');
    for (const name of ['Settings', 'Recall']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('dialog').waitFor();
      await screenshot(page, `kitchen-${name.toLowerCase()}-${colorScheme}`);
      assert.deepEqual(await accessibilityFaults(page), [], name);
      await page.keyboard.press('Escape');
    }
    await display.card(asked.id).getByRole('button', { name: 'Refuse' }).click();
    assert.deepEqual(await accessibilityFaults(page), [], 'the refusal');
  });
}

test('all that is loaded until the board is live is less than 100 KB on the wire, and comes again from the browser', async () => {
  const context = await browser.device();
  const page = await context.newPage();
  const finished = [];
  page.on('requestfinished', (one) => finished.push(one));
  await page.goto(`${service.url}/kitchen`);
  await new KitchenPage(page).logIn(cook);
  await connected(page);
  const pageFiles = finished.filter((one) => /\/kitchen$|\/assets\//.test(one.url()));
  const sizes = await Promise.all(pageFiles.map((one) => one.sizes()));
  const bytes = sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
  assert.ok(pageFiles.length > 4 && bytes < 100_000, `${bytes} bytes in ${pageFiles.length} files`);
  assert.ok(!pageFiles.some((one) => /ably/.test(one.url())), 'only the SDK in use');
  const script = await pageFiles.find((one) => /kitchen-[\w-]+\.js$/.test(one.url())).response();
  assert.equal(await script.headerValue('content-encoding'), 'gzip');
  assert.match(await script.headerValue('cache-control'), /immutable/);
});

test('the branch says when time turns its colour', async () => {
  const levels = async () => {
    const display = await KitchenPage.open(browser, service, cook);
    await display.shows(orders[4].id);
    const classes = await Promise.all([0, 1, 4].map((i) => display.card(orders[i].id).getAttribute('class')));
    return classes.map((text) => /age-(\w+)/.exec(text)[1]);
  };
  assert.deepEqual(await levels(), ['late', 'warn', 'fresh'], 'after 17, 9 and 4 minutes');
  await database.query('update branches set warn_after_seconds = 180, late_after_seconds = 480');
  assert.deepEqual(await levels(), ['late', 'late', 'warn']);
});

for (const [name, viewport] of [['phone', { width: 320, height: 640 }], ['tablet', { width: 1024, height: 768 }], ['wall-4k', { width: 3840, height: 2160 }]]) {
  test(`it fits a ${name}`, async () => {
    const { page } = await KitchenPage.open(browser, service, cook, { viewport, hasTouch: name !== 'wall-4k' });
    await page.locator('.ticket').first().waitFor();
    await screenshot(page, `kitchen-${name}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, 'nothing beyond the edge');
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('button, .ticket, .ticket-buttons, .item-name, .ticket-table')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(cut, [], 'no text is cut');
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button')].filter((button) => button.getBoundingClientRect().height < 43).map((button) => button.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(small, [], 'large enough for a finger');
  });
}
