// The alarm on the waiters' tablet: says which table, order and station, leaves room for the floor, and can be put aside until
// another one comes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { placeOrder, sitDown } from '../support/fixtures.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

let service, harbor, tablet, page;

before(async () => {
  const restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  const port = String(await freePort());
  service = await startService(restaurant.database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' });
  tablet = await WaiterPage.open(await startBrowser(), service, harbor.staff.find(({ role }) => role === 'WAITER'));
  ({ page } = tablet);
});
after(endAll);

/** Nobody is in the kitchen of this test. */
async function overlooked(at, dishes) {
  const guest = await sitDown(service, harbor.tables[at]);
  const items = harbor.menuItems.filter(({ name }) => dishes.includes(name)).map(({ id }) => ({ menuItemId: id, quantity: 1 }));
  const order = await placeOrder(service, guest.token, { items });
  await waitUntil('the alarm', async () => (await page.locator(`[data-alarm="${order.id}"]`).count()) === 1);
  return order;
}

const banner = () => page.locator('.alarm');
const aside = () => page.locator('[data-alarms-aside]');

/** The share of the screen that the banner covers. */
async function share() {
  const { height } = await banner().boundingBox();
  return height / page.viewportSize().height;
}

test('names the table, the order and the stations, and covers little', async () => {
  const order = await overlooked(0, ['Cheeseburger', 'Lemonade']);
  const line = page.locator(`[data-alarm="${order.id}"]`);
  for (const part of ['Terrace - T1', `order ${order.orderNumber}`, 'Bar, Grill']) {
    await waitUntil(`the alarm to name ${part}`, async () => (await line.innerText()).includes(part));
  }
  for (const [width, height, most] of [[1024, 768, 0.1], [768, 1024, 0.1], [1920, 1080, 0.1], [320, 640, 0.2]]) {
    await page.setViewportSize({ width, height });
    await screenshot(page, `waiter-alarm-${width}`);
    assert.ok((await share()) <= most, `${await share()} of ${width}`);
  }
});

test('is put aside until another one comes, and goes on counting', async () => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.locator('[data-action=put-aside]').click();
  await aside().waitFor();
  assert.equal(await banner().count(), 0);
  assert.equal(await aside().getAttribute('data-alarms-aside'), '1');
  await screenshot(page, 'waiter-alarm-aside');
  assert.deepEqual(await accessibilityFaults(page), []);
  await overlooked(1, ['Grilled Salmon']);
  assert.equal(await banner().getAttribute('data-alarms'), '2');
  assert.equal(await aside().count(), 0);
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
  await screenshot(page, 'waiter-alarm-two');
  assert.ok((await share()) <= 0.11, `${await share()} with two`);
  assert.deepEqual(await accessibilityFaults(page), []);
});

test('comes back when it is asked for', async () => {
  await page.locator('[data-action=put-aside]').click();
  await aside().click();
  await banner().waitFor();
});
