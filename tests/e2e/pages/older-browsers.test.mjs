// Browsers of 2021, and older ones: what they lack is taken from Chromium before a page begins.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { orderOf, placeOrder, sitDown } from '../support/fixtures.mjs';
import { GuestPage } from '../support/pages/guest_page.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

let service, harbor, browser;
const personOf = (wanted) => harbor.staff.find(({ role }) => role === wanted);

before(async () => {
  const restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  const port = String(await freePort());
  service = await startService(restaurant.database.url, {
    WEB_DIR: await buildPages(),
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    BUILTIN_RECONNECT_SECONDS: '0',
  });
  browser = await startBrowser();
});
after(endAll);

/** As Safari 14 and Chrome 90. */
function likeIn2021() {
  for (const [owner, names] of [
    [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']],
    [String.prototype, ['at', 'isWellFormed', 'toWellFormed']],
    [Object, ['hasOwn', 'groupBy']],
    [Map, ['groupBy']],
    [Promise, ['withResolvers', 'try']],
    [AbortSignal, ['timeout', 'any', 'abort']],
    [HTMLDialogElement.prototype, ['showModal', 'show', 'close']],
    [Crypto.prototype, ['randomUUID']],
    [Navigator.prototype, ['locks', 'wakeLock', 'serviceWorker', 'userAgentData']],
    [globalThis, ['structuredClone', 'BroadcastChannel', 'reportError', 'scheduler', 'requestIdleCallback']],
  ]) {
    for (const name of names) delete owner[name];
  }
}
const in2021 = (device) => ({
  ...browser,
  async device(options) {
    const context = await browser.device({ ...device, ...options });
    await context.addInitScript(likeIn2021);
    return context;
  },
});

test('a kitchen display of 2021 shows orders, and opens and closes what lies over the board', async () => {
  const display = await KitchenPage.open(in2021(), service, personOf('KITCHEN'));
  const guest = await sitDown(service, harbor.tables[0]);
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  await display.shows(order.id);
  const { page } = display;
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.locator('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.locator('.dialog-close').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await display.press(order.id, 'start');
  await page.locator(`[data-order="${order.id}"][data-status=preparing]`).waitFor();
});

test('a phone of 2021 orders, and a tablet of 2021 sees it', async () => {
  const tablet = await WaiterPage.open(in2021(), service, personOf('WAITER'));
  const guest = await GuestPage.open(in2021(), service, harbor.tables[1]);
  await connected(guest.page);
  await guest.add(harbor.menuItems[0], 1);
  await guest.place();
  await guest.showsOrders(1);
  await tablet.isAt(harbor.tables[1].id, 'ordered');
});

test('an older browser is told so in plain words instead of an empty page', async () => {
  for (const [locale, words] of [['en-GB', /too old[^]*Chrome 90[^]*Safari 14/], ['de-DE', /zu alt[^]*Chrome 90[^]*Safari 14/]]) {
    const context = await browser.device({ locale });
    await context.addInitScript(() => delete Promise.any);
    for (const path of ['/kitchen', '/waiter', '/ops', '/t', '/t/some-code']) {
      const page = await context.newPage();
      // It knows no modules of ours either: none of them is run.
      await page.route(/\/assets\/(kitchen|waiter|ops|guest)-/, (route) => (/\.js$/.test(route.request().url()) ? route.abort() : route.continue()));
      await page.goto(service.url + path);
      await page.locator('[role=alert]').waitFor();
      assert.match(await page.locator('#page').innerText(), words, path);
      await page.close();
    }
  }
});

test('so is a browser that does not understand a script of the page', async () => {
  const context = await browser.device({ mayThrow: true });
  const page = await context.newPage();
  await page.route(/\/assets\/kitchen-[^/]*\.js$/, (route) => route.fulfill({ contentType: 'text/javascript', body: 'let a = ;' }));
  await page.goto(`${service.url}/kitchen`);
  await page.locator('[role=alert]').waitFor();
  assert.match(await page.locator('#page').innerText(), /too old/);
  await context.close();
});
