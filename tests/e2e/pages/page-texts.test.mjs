// Texts of any length and any script fit every page, in every language, from a small phone to a desktop: names, notes and
// reasons that people type, and the labels of our own buttons. The pictures stay in build/screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { GuestPage } from '../support/pages/guest_page.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { layoutFaults } from '../support/pages/layout.mjs';
import { OpsPage } from '../support/pages/ops_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

const WIDTHS = [[320, 640], [390, 844], [670, 900], [1024, 768], [1920, 1080]];
const LOCALES = ['en-US', 'de-DE'];
const WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.padEnd(100, 'x');
const ARABIC = 'شرفة الحديقة';
let service, database, harbor, browser, manager, tables, orders;

/** One order at each of the tables, from a word that has no end to a name from right to left. */
async function fill() {
  manager = await logIn(service, harbor, 'MANAGER');
  await database.query('update branches set name = $1 where id = $2', [WORD.slice(0, 90), harbor.id]);
  await database.query('update stations set name = $1 where id = $2', [WORD.slice(0, 60), harbor.stations[0].id]);
  const names = [WORD, `${ARABIC} (2)`, 'Grillteller mit allem, was dazugehört, und noch ein wenig mehr'];
  for (const [i, name] of names.entries()) await database.query('update menu_items set name = $1 where id = $2', [name, harbor.menuItems[i].id]);
  await database.query('update menu_items set category = $1 where id = $2', [WORD.slice(0, 60), harbor.menuItems[0].id]);
  const add = async (number, areaName) => (await request(service, 'POST', `/v1/branches/${harbor.id}/tables`, { token: manager, body: { number, areaName } })).body;
  tables = [await add('Wintergartenterrasse', WORD), await add('Gartenhaus 1', ARABIC), await add(`${ARABIC} 7`, ARABIC), harbor.tables[0]];
  orders = [];
  for (const [i, table] of tables.entries()) {
    const guest = await sitDown(service, table);
    const items = [0, 1, 2, 3].map((at) => ({ menuItemId: harbor.menuItems[at].id, quantity: at + 1, ...(at < 2 ? { note: at === i % 2 ? WORD : `${ARABIC}!` } : {}) }));
    const more = i < 2 ? { customerName: [WORD, ARABIC][i], note: [ARABIC, WORD.repeat(4)][i] } : {};
    orders.push(await placeOrder(service, guest.token, { items, ...more }));
  }
  for (const i of [1, 2]) await request(service, 'PATCH', `/v1/orders/${orders[i].id}`, { token: manager, body: { status: ['', 'ready', 'preparing'][i] } });
  await request(service, 'POST', `/v1/orders/${orders[0].id}/cancel-request`, { token: manager, body: { reason: WORD } });
}

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  const port = String(await freePort());
  service = await startService(database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0' });
  browser = await startBrowser();
  await fill();
});
after(endAll);

const person = (role) => harbor.staff.find((one) => one.role === role);

/** Looks at the page as it is in every width. */
async function fits(page, what, widths = WIDTHS) {
  for (const [width, height] of widths) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => Promise.all(document.getAnimations().filter(({ effect }) => effect.getTiming().iterations !== Infinity).map((one) => one.finished)));
    await screenshot(page, `texts-${what}-${width}`);
    assert.deepEqual(await layoutFaults(page), [], `${what} at ${width}`);
  }
}

for (const locale of LOCALES) {
  const language = locale.slice(0, 2);
  const settings = { en: 'Settings', de: 'Einstellungen' }[language];

  test(`the guest page, ${language}`, async () => {
    const context = await browser.device({ locale, viewport: { width: 390, height: 844 } });
    const guest = new GuestPage(await context.newPage());
    const { page } = guest;
    const code = (await request(service, 'POST', `/v1/tables/${tables[0].id}/qr`, { token: manager })).body.qrToken;
    await guest.scan(service, code);
    await guest.dish().first().waitFor();
    await connected(page);
    for (const item of harbor.menuItems.slice(0, 3)) await guest.add(item);
    await fits(page, `guest-menu-${language}`);
    await guest.dish(harbor.menuItems[0]).getByRole('button').first().click();
    await fits(page, `guest-dish-${language}`);
    await page.keyboard.press('Escape');
    const tabs = page.locator('.tab');
    await page.setViewportSize({ width: 390, height: 844 });
    await guest.openCart();
    await fits(page, `guest-cart-${language}`, WIDTHS.slice(0, 3));
    await page.keyboard.press('Escape');
    await tabs.nth(1).click();
    await page.locator('.orders').waitFor();
    await fits(page, `guest-orders-${language}`);
    await tabs.nth(2).click();
    await page.locator('.bill-view').waitFor();
    await fits(page, `guest-bill-${language}`);
    await page.getByRole('button', { name: settings }).click();
    await fits(page, `guest-settings-${language}`);
  });

  test(`the waiters' tablet, ${language}`, async () => {
    const tablet = await WaiterPage.open(browser, service, person('WAITER'), { locale });
    const { page } = tablet;
    await tablet.showsReady(orders[1].id);
    await page.locator('[data-alarm]').first().waitFor();
    await fits(page, `waiter-${language}`);
    const open = async (i, action) => {
      await page.setViewportSize({ width: 1920, height: 1080 });
      await tablet.openTable(tables[i].id);
      if (action) await tablet.press(action);
    };
    for (const [i, action] of [[0], [1], [2], [1, 'pay'], [1, 'close'], [3, 'ask-cancel'], [0, 'place']]) {
      await open(i, action);
      if (action === 'place') await page.locator('[data-menu-item] button').first().click();
      await fits(page, `waiter-${action ?? 'table'}-${i}-${language}`);
      await page.keyboard.press('Escape');
      if (action) await page.keyboard.press('Escape');
    }
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.getByRole('button', { name: settings }).click();
    await fits(page, `waiter-settings-${language}`);
  });

  test(`the kitchen display, ${language}`, async () => {
    const display = await KitchenPage.open(browser, service, person('KITCHEN'), { locale });
    const { page } = display;
    await display.shows(orders[3].id);
    await fits(page, `kitchen-${language}`);
    await page.locator('.top-buttons button').first().click();
    await page.locator('.top-buttons button').nth(1).click();
    await fits(page, `kitchen-stations-${language}`);
    await page.locator('.top-buttons button').first().click();
    for (const at of [2, 4]) {
      await page.locator('.top-buttons button').nth(at).click();
      await page.getByRole('dialog').waitFor();
      await fits(page, `kitchen-dialog-${at}-${language}`);
      await page.keyboard.press('Escape');
    }
    await display.card(orders[0].id).locator('.more').click();
    await fits(page, `kitchen-more-${language}`);
    await page.keyboard.press('Escape');
    await display.card(orders[0].id).locator('.cancel-request button').last().click();
    await fits(page, `kitchen-refuse-${language}`);
    await page.context().close(); // the next tablet is to see that no display is on
  });

  test(`the operations page, ${language}`, async () => {
    const ops = await OpsPage.open(browser, service, person('MANAGER'), 'live', { locale });
    await ops.page.fill('#search-field', orders[0].id);
    await ops.page.keyboard.press('Enter');
    await ops.page.locator('[data-story]').waitFor();
    await fits(ops.page, `ops-${language}`);
  });
}

/** Where the characters of a text stand, from the left. */
const lefts = (page, selector, part) =>
  page.locator(selector).first().evaluate((element, wanted) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found = [];
    let whole = '';
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      for (let at = 0; at < text.length; at++) found.push([text, at]);
      whole += text.data;
    }
    return [...wanted].map((_, i) => {
      const [text, at] = found[whole.indexOf(wanted) + i];
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      return range.getBoundingClientRect().left;
    });
  }, part);

test('a name from right to left turns nothing around it', async () => {
  const tablet = await WaiterPage.open(browser, service, person('WAITER'), {});
  await tablet.showsReady(orders[1].id);
  const area = tablet.page.locator('.area', { hasText: ARABIC });
  const id = await area.getAttribute('aria-labelledby');
  const counts = await lefts(tablet.page, `[id="${id}"]`, '2 / 2');
  assert.deepEqual(counts, [...counts].sort((a, b) => a - b), '"2 / 2" from left to right');
  const display = await KitchenPage.open(browser, service, person('KITCHEN'));
  await display.shows(orders[2].id);
  const card = `[data-order="${orders[2].id}"] .ticket-order`;
  const number = await lefts(display.page, card, `#${orders[2].orderNumber}`);
  const areaAt = await lefts(display.page, card, ARABIC);
  assert.ok(Math.min(...areaAt) > Math.max(...number), 'the area stands behind the number');
});

test('a page has one clock: that of the device, in whatever language', async () => {
  const twelve = /\b\d{1,2}:\d{2}(:\d{2})?\s[AP]M\b/;
  for (const [locale, isTwelve] of [['en-US', true], ['en-GB', false], ['de-DE', false]]) {
    const display = await KitchenPage.open(browser, service, person('KITCHEN'), { locale });
    await waitUntil('the clock', async () => /\d:\d\d/.test(await display.page.locator('.clock').innerText()));
    assert.equal(twelve.test(await display.page.locator('.clock').innerText()), isTwelve, `the clock of a kitchen, ${locale}`);
    const tablet = await WaiterPage.open(browser, service, person('WAITER'), { locale });
    await tablet.openTable(tables[3].id);
    assert.equal(twelve.test(await tablet.order(orders[3].id).locator('time').first().innerText()), isTwelve, `an order, ${locale}`);
    assert.equal(twelve.test(await tablet.page.locator('.clock').innerText()), isTwelve, `the clock of a tablet, ${locale}`);
  }
});
