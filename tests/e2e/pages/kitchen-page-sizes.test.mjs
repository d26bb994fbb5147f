// The kitchen display fits every screen, from a phone to a wall of 4K, in light and dark, on a quiet and on a busy evening;
// and is read from across the room. The pictures stay in build/screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { fillKitchen, placeScenarioOrder } from '../support/dinner_scenario.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const SIZES = [[320, 640], [768, 1024], [1920, 1080], [3840, 2160]];
let service, database, harbor, displays;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  const cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const port = String(await freePort());
  service = await startService(database.url, {
    WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`,
  });
  const browser = await startBrowser();
  displays = await Promise.all(
    ['dark', 'light'].map(async (colorScheme) => [colorScheme, (await KitchenPage.open(browser, service, cook, { colorScheme })).page]),
  );
});
after(endAll);

/** What is wider than its place, or too small for a finger. */
function misfits(page) {
  return page.evaluate(() => {
    const line = (element, fault) => `${fault}: ${element.outerHTML.slice(0, 120)}`;
    const root = document.documentElement;
    const isCut = (element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline';
    const all = (selector) => [...document.querySelectorAll(selector)];
    return [
      ...(root.scrollWidth > root.clientWidth ? [`the page: ${root.scrollWidth} of ${root.clientWidth}`] : []),
      ...all('button, .ticket, .ticket-buttons, .item-name, .ticket-table').filter(isCut).map((one) => line(one, 'cut')),
      ...all('button').filter((one) => one.getBoundingClientRect().height < 43).map((one) => line(one, 'small')),
    ];
  });
}

async function fits(ticketCount) {
  for (const [colorScheme, page] of displays) {
    await waitUntil(`${ticketCount} tickets`, async () => (await page.locator('.ticket').count()) === ticketCount);
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      await screenshot(page, `kitchen-${width}-${ticketCount}-${colorScheme}`);
      assert.deepEqual(await misfits(page), [], `${ticketCount} tickets at ${width}, ${colorScheme}`);
    }
  }
}

const ticketsIn = (orders) => orders.reduce((sum, { tickets }) => sum + tickets.length, 0);
const orders = [];

test('with one ticket', async () => {
  orders.push(await placeScenarioOrder(service, harbor, 0));
  await fits(1);
});

test('on an evening', async () => {
  orders.push(...(await fillKitchen(service, database, harbor)));
  for (const [, page] of displays) await page.reload();
  await fits(ticketsIn(orders));
});

test('letters can be read from three metres, on a wall of 32 inches', async () => {
  // Ten minutes of arc are twice what sound eyes need: capitals of 8.7 mm, which are 0.72 of the letters' size.
  const ofHeight = (8.7 / 0.72) / 398;
  const [, page] = displays[0];
  for (const [width, height] of SIZES.slice(2)) {
    await page.setViewportSize({ width, height });
    const sizes = await page.evaluate(() =>
      ['.ticket-table', '.ticket-age', '.item-name', '.item-quantity'].map((selector) => Number.parseFloat(getComputedStyle(document.querySelector(selector)).fontSize)),
    );
    assert.ok(Math.min(...sizes) >= height * ofHeight * 0.95, `${sizes} of ${height}`);
  }
});

test('in a rush of sixty, and says what is below', async () => {
  for (let i = orders.length; ticketsIn(orders) < 60; i++) orders.push(await placeScenarioOrder(service, harbor, i));
  await fits(ticketsIn(orders));
  const [, page] = displays[0];
  await page.setViewportSize({ width: 1920, height: 1080 });
  const below = page.locator('[data-column=new] .below');
  const countBelow = async () => Number.parseInt(/\d+/.exec(await below.innerText())[0], 10);
  const before = await countBelow();
  assert.ok(before > 0);
  await below.click();
  await waitUntil('fewer below', async () => (await countBelow()) < before);
});
