// The guest page for every eye: axe-core finds nothing, from a small phone to a desktop, in light and dark, in both
// languages. The pictures stay in build/screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { GuestPage, PHONE } from '../support/pages/guest_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, harbor, browser, table;
const menu = {};

/** A table in the middle of an evening: orders in every state, something sold out. */
async function fillTable() {
  const manager = await logIn(service, harbor, 'MANAGER');
  const { token } = await sitDown(service, table);
  const orders = [];
  const wishes = [
    [[menu['Tomato Burrata'], 1], [menu.Oysters, 1, 'with extra lemon']],
    [[menu.Cheeseburger, 2, 'no onions'], [menu['Grilled Salmon'], 1], [menu['House Wine'], 2]],
    [[menu.Lemonade, 3]],
    [[menu.Espresso, 2]],
    [[menu['Chocolate Mousse'], 2]],
  ];
  for (const lines of wishes) {
    const items = lines.map(([{ id }, quantity, note]) => ({ menuItemId: id, quantity, ...(note ? { note } : {}) }));
    orders.push(await placeOrder(service, token, { items, ...(orders.length === 1 ? { note: 'Birthday: a candle, please' } : {}) }));
  }
  const move = (index, status) => request(service, 'PATCH', `/v1/orders/${orders[index].id}`, { token: manager, body: { status } });
  await move(0, 'served');
  await move(1, 'preparing');
  const wine = orders[1].items.find(({ name }) => name === 'House Wine');
  await request(service, 'PATCH', `/v1/orders/${orders[1].id}/items/${wine.itemId}`, { token: manager, body: { status: 'ready' } });
  await move(2, 'ready');
  await request(service, 'POST', `/v1/orders/${orders[3].id}/cancel-request`, { token, body: { reason: 'Ordered by mistake' } });
  await request(service, 'PATCH', `/v1/menu/items/${menu['Ribeye Steak'].id}`, { token: manager, body: { available: false } });
}

before(async () => {
  const restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  for (const item of harbor.menuItems) menu[item.name] = item;
  [table] = harbor.tables;
  const port = String(await freePort());
  service = await startService(restaurant.database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` });
  browser = await startBrowser();
  await fillTable();
});
after(endAll);

const noFaults = async (page, what) => assert.deepEqual(await accessibilityFaults(page), [], what);

for (const colorScheme of ['light', 'dark']) {
  test(`axe-core finds nothing wrong on the ${colorScheme} phone, in any state`, async () => {
    const guest = await GuestPage.open(browser, service, table, { colorScheme });
    const { page } = guest;
    await noFaults(page, 'the menu');
    await guest.add(menu.Cheeseburger, 2);
    await guest.add(menu['Caesar Salad']);
    await screenshot(page, `guest-menu-${colorScheme}`);
    await noFaults(page, 'the menu with a cart');
    await guest.dish(menu['Grilled Salmon']).getByRole('button').first().click();
    await page.getByRole('dialog').getByRole('textbox').fill('medium, please');
    await screenshot(page, `guest-dish-${colorScheme}`);
    await noFaults(page, 'a dish');
    await page.keyboard.press('Escape');
    await guest.openCart();
    await screenshot(page, `guest-cart-${colorScheme}`);
    await noFaults(page, 'the cart');
    await page.keyboard.press('Escape');
    for (const name of ['Orders', 'Bill']) {
      await guest.go(name);
      await page.locator('.orders, .bill-view').waitFor();
      await screenshot(page, `guest-${name.toLowerCase()}-${colorScheme}`);
      await noFaults(page, name);
    }
    await guest.go('Orders');
    await page.getByRole('button', { name: 'Ask to cancel' }).first().click();
    await noFaults(page, 'the cancel request');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Settings' }).click();
    await noFaults(page, 'the settings');
    const stranger = new GuestPage(await (await browser.device({ ...PHONE, colorScheme })).newPage());
    await stranger.scan(service, 'dead');
    await stranger.page.locator('[data-stage=dead]').waitFor();
    await screenshot(stranger.page, `guest-dead-${colorScheme}`);
    await noFaults(stranger.page, 'a dead code');
  });
}

const SCREENS = [
  ['small-phone', { width: 320, height: 568 }],
  ['tablet', { width: 820, height: 1180 }],
  ['desktop', { width: 1440, height: 900 }],
  ['4k', { width: 3840, height: 2160 }],
];
for (const [name, viewport] of SCREENS) {
  for (const colorScheme of ['light', 'dark']) {
    test(`it fits a ${colorScheme} ${name}`, async () => {
      const guest = await GuestPage.open(browser, service, table, { viewport, colorScheme, isMobile: false });
      await guest.add(menu.Cheeseburger);
      for (const place of ['Menu', 'Orders', 'Bill']) {
        await guest.go(place);
        await guest.page.locator('.menu, .orders, .bill-view').waitFor();
        await screenshot(guest.page, `guest-${place.toLowerCase()}-${name}-${colorScheme}`);
        const overflow = await guest.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(overflow, 0, `nothing beyond the edge: ${place}`);
        const small = await guest.page.evaluate(() =>
          [...document.querySelectorAll('button')].filter((one) => one.getBoundingClientRect().height < 43).map((one) => one.outerHTML.slice(0, 120)),
        );
        assert.deepEqual(small, [], 'large enough for a finger');
      }
      assert.deepEqual(await accessibilityFaults(guest.page), []);
    });
  }
}

test('it speaks German where the phone does', async () => {
  const guest = new GuestPage(await (await browser.device({ ...PHONE, colorScheme: 'light', locale: 'de-DE' })).newPage());
  await guest.scan(service, table.qrToken);
  await guest.dish().first().waitFor();
  await connected(guest.page);
  assert.match(await guest.dish(menu.Cheeseburger).innerText(), /12,90\s€/);
  await guest.page.getByRole('button', { name: 'Bestellungen' }).click();
  await guest.page.locator('.orders').waitFor();
  assert.match(await guest.page.locator('.orders').innerText(), /Wird zubereitet/);
  await screenshot(guest.page, 'guest-orders-german');
  await guest.page.getByRole('button', { name: 'Einstellungen' }).click();
  await guest.page.getByLabel('Sprache').selectOption('en');
  await guest.page.getByRole('heading', { name: 'Settings' }).waitFor();
});

test('all of it can be done with a keyboard', async () => {
  const guest = await GuestPage.open(browser, service, harbor.tables[1], { isMobile: false, hasTouch: false });
  const { page } = guest;
  await guest.dish(menu.Lemonade).getByRole('button', { name: 'Add Lemonade' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.cart-bar').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await guest.placeButton.focus();
  const outline = await guest.placeButton.evaluate((button) => getComputedStyle(button).outlineStyle);
  assert.equal(outline, 'solid', 'one sees where the focus is');
  await page.keyboard.press('Enter');
  await guest.showsOrders(1);
  await waitUntil('reading to go on at the orders', () => page.evaluate(() => document.activeElement?.id === 'main'));
});
