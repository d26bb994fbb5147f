// The kitchen display for every eye: axe-core finds nothing, in light and dark. The pictures stay in build/screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { fillKitchen, placeScenarioOrder } from '../support/dinner_scenario.mjs';
import { logIn, request } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';

let service, database, harbor, browser, cook, orders, asked;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const port = String(await freePort());
  service = await startService(database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` });
  browser = await startBrowser();
  orders = await fillKitchen(service, database, harbor);
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
    await page.keyboard.press('Escape');
    await display.card(asked.id).locator('.more').click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], 'what is done seldom');
    await page.keyboard.press('Escape');
    const dropped = await placeScenarioOrder(service, harbor, 1);
    await display.shows(dropped.id);
    await request(service, 'PATCH', `/v1/orders/${dropped.id}`, { token: await logIn(service, harbor, 'MANAGER'), body: { status: 'cancelled' } });
    await display.card(dropped.id).locator('.changes-gone').waitFor();
    await context.setOffline(true);
    await connected(page, 'offline');
    await display.card(orders[1].id).locator('button.item').first().click();
    await display.card(orders[1].id).locator('.item.is-struck').waitFor();
    await screenshot(page, `kitchen-changes-${colorScheme}`);
    assert.deepEqual(await accessibilityFaults(page), [], 'cancelled, struck out, offline');
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
