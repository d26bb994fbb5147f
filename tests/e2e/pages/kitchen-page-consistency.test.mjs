// The kitchen display shows what is so: whatever comes late, was done elsewhere, or belongs to another station.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, harbor, oldTown, browser, first, second;
const cookOf = (branch) => branch.staff.find(({ role }) => role === 'KITCHEN');

before(async () => {
  const { database, demo } = await createRestaurant();
  [harbor, oldTown] = demo.branches;
  const port = String(await freePort());
  service = await startService(database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` });
  browser = await startBrowser();
  first = await KitchenPage.open(browser, service, cookOf(harbor));
  second = await KitchenPage.open(browser, service, cookOf(harbor));
});
after(endAll);

let nextTable = 0;
async function order(item = harbor.menuItems[0], branch = harbor) {
  const guest = await sitDown(service, branch.tables[nextTable++ % branch.tables.length]);
  return placeOrder(service, guest.token, orderOf(branch, 1, item));
}
const statusOn = (display, id) => display.card(id).getAttribute('data-status');
const becomes = (display, id, status) => waitUntil(`it to be ${status}`, async () => (await statusOn(display, id)) === status);

/** Answers to requests whose path matches are held until the returned function is called. */
async function hold(page, path) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  let held = 0;
  await page.route(path, async (route) => {
    const response = await route.fetch();
    held++;
    await released;
    await route.fulfill({ response });
  });
  return {
    held: () => waitUntil('an answer to be held', () => held > 0),
    async release() {
      release();
      await page.unrouteAll({ behavior: 'wait' });
    },
  };
}

test('an answer that others have overtaken is not shown', async () => {
  const { id } = await order();
  await first.shows(id);
  const answer = await hold(first.page, '**/v1/tickets/*');
  await first.press(id, 'start');
  await answer.held();
  await becomes(second, id, 'preparing');
  await second.press(id, 'ready');
  await becomes(second, id, 'ready');
  await answer.release();
  await waitUntil('nothing to wait', async () => (await first.waiting()) === 0);
  await becomes(first, id, 'ready');
  await first.showsSameAs(second, 'both', (board) => board.flat().some((card) => card.status === 'ready'));
});

test('an order that changes while it is read is read again', async () => {
  const reading = await hold(first.page, '**/v1/orders/*');
  const { id } = await order();
  await reading.held();
  const token = await logIn(service, harbor, 'MANAGER');
  await request(service, 'POST', `/v1/orders/${id}/cancel-request`, { token, body: { reason: 'too long' } });
  await waitUntil('it on the other', async () => /too long/.test(await second.card(id).innerText()));
  await reading.release();
  await first.shows(id);
  await waitUntil('it', async () => /too long/.test(await first.card(id).innerText()));
});

test('a display that showed one station of a branch shows all of another', async () => {
  const context = await browser.device();
  const display = new KitchenPage(await context.newPage());
  await display.page.goto(`${service.url}/kitchen`);
  await display.logIn(cookOf(harbor));
  await connected(display.page);
  await display.page.getByRole('combobox', { name: 'Station' }).selectOption({ index: 1 });
  await display.page.getByRole('button', { name: 'Settings' }).click();
  await display.page.getByRole('button', { name: 'Log out' }).click();
  await display.logIn(cookOf(oldTown));
  await connected(display.page);
  const { id } = await order(oldTown.menuItems[0], oldTown);
  await display.shows(id);
});

test('a display of one station is silent about the others', async () => {
  const station = harbor.menuItems[0].stationId;
  const elsewhere = harbor.menuItems.find(({ stationId }) => stationId !== station);
  const context = await browser.device();
  const display = new KitchenPage(await context.newPage());
  await display.page.goto(`${service.url}/kitchen`);
  await display.logIn(cookOf(harbor));
  await connected(display.page);
  await display.page.getByRole('combobox', { name: 'Station' }).selectOption(station);
  await display.page.evaluate(() => {
    const status = document.querySelector('.visually-hidden[role=status]');
    globalThis.said = [];
    new MutationObserver(() => globalThis.said.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
  });
  const other = await order(elsewhere);
  await second.shows(other.id);
  const own = await order();
  await display.shows(own.id);
  const said = await display.page.evaluate(() => globalThis.said.join());
  assert.match(said, new RegExp(`order ${own.orderNumber},`));
  assert.doesNotMatch(said, new RegExp(`order ${other.orderNumber},`));
  assert.equal(await display.card(other.id).count(), 0);
});

test('what was bumped before the page was opened can be brought back', async () => {
  const { id } = await order();
  await second.shows(id);
  await second.press(id, 'bump');
  await second.showsNot(id);
  await waitUntil('the bump to be sent', async () => (await second.waiting()) === 0);
  const later = await KitchenPage.open(browser, service, cookOf(harbor));
  await later.page.getByRole('button', { name: 'Recall', exact: true }).click();
  await later.page.locator('.done button').first().click();
  await later.shows(id);
  await becomes(second, id, 'ready');
  await waitUntil('the others to show it', async () => /BROUGHT BACK/.test(await second.card(id).innerText()));
  assert.doesNotMatch(await later.card(id).innerText(), /BROUGHT BACK/);
});

test('the list for bringing back has the last twenty, the last first', async () => {
  const token = await logIn(service, harbor, 'MANAGER');
  const bumped = [];
  for (let i = 0; i < 22; i++) {
    const { orderNumber, tickets } = await order();
    await request(service, 'POST', `/v1/tickets/${tickets[0].id}/bump`, { token });
    bumped.unshift(`#${orderNumber}`);
  }
  await first.page.getByRole('button', { name: 'Recall', exact: true }).click();
  const lines = first.page.locator('.done li');
  await waitUntil('the list', async () => (await lines.count()) === 20);
  const numbers = (await lines.allInnerTexts()).map((line) => /#\d+/.exec(line)[0]);
  assert.deepEqual(numbers, bumped.slice(0, 20));
  await first.page.keyboard.press('Escape');
});
