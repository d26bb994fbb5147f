// A rush on the kitchen display: as many tickets as fit, the oldest first, nothing on each other, and what is out of sight is
// said; a ticket that changes moves no other. Letters of double size cut nothing off. The pictures stay in build/screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { placeScenarioOrder } from '../support/dinner_scenario.mjs';
import { logIn, request } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { layoutFaults } from '../support/pages/layout.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const TICKETS = 37;
let service, harbor, manager, display, page;
const orders = [];

before(async () => {
  const restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  const port = String(await freePort());
  service = await startService(restaurant.database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` });
  const browser = await startBrowser();
  manager = await logIn(service, harbor, 'MANAGER');
  display = await KitchenPage.open(browser, service, harbor.staff.find(({ role }) => role === 'KITCHEN'));
  ({ page } = display);
});
after(endAll);

const tickets = () => orders.flatMap((order) => order.tickets);

/** The cards in the order of the document, with their boxes; and the lists that show them. */
function board() {
  return page.evaluate(() => {
    const boxOf = (element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { left, top, right, bottom };
    };
    return {
      columns: [...document.querySelectorAll('.column')].map((column) => {
        const list = boxOf(column.querySelector('.tickets'));
        const bar = column.querySelector('.page-bar');
        return {
          key: column.dataset.column,
          ...boxOf(column),
          list: bar ? { ...list, bottom: boxOf(bar).top } : list,
          below: Number.parseInt(/\d+/.exec(column.querySelector('.below')?.textContent ?? '0')[0], 10),
          cards: [...column.querySelectorAll('.ticket')].map((card) => ({ id: card.dataset.ticket, ...boxOf(card) })),
        };
      }),
    };
  });
}

const isVisible = (card, { list }) => card.bottom <= list.bottom + 1 && card.top >= list.top - 1;
const overlapsOf = (cards) =>
  cards.flatMap((a, at) => cards.slice(at + 1).filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).map((b) => `${a.id} ${b.id}`));

/** Down a lane, then the next one, then the next page. */
function isInOrder(cards, list) {
  const pageOf = ({ top }) => Math.floor((top - list.top + 1) / (list.bottom - list.top));
  return cards.every((card, at) => {
    const before = cards[at - 1];
    if (!before || pageOf(before) < pageOf(card)) return true;
    return before.left < card.left || (before.left === card.left && before.bottom <= card.top);
  });
}

async function settled() {
  const cardCount = await waitUntil('all tickets', async () => {
    const count = await page.locator('.ticket').count();
    return count === tickets().length && count;
  });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  return cardCount;
}

test('fills the board with the oldest, at 1080p and at 4K', async () => {
  for (let i = 0; tickets().length < TICKETS; i++) orders.push(await placeScenarioOrder(service, harbor, i));
  for (const [width, height, least] of [[1920, 1080, 20], [3840, 2160, 24]]) {
    await page.setViewportSize({ width, height });
    const count = await settled();
    await screenshot(page, `kitchen-rush-${width}`);
    const { columns } = await board();
    const [fresh, ...empty] = columns;
    const visible = fresh.cards.filter((card) => isVisible(card, fresh));
    assert.ok(visible.length >= least, `${visible.length} of ${count} at ${width}`);
    assert.equal(visible.length + fresh.below, count, 'what is out of sight is said');
    assert.deepEqual(visible, fresh.cards.slice(0, visible.length), 'the oldest are in sight');
    assert.deepEqual(overlapsOf(fresh.cards), []);
    assert.ok(isInOrder(fresh.cards, fresh.list), 'down, then beside');
    assert.ok(empty.reduce((sum, { left, right }) => sum + right - left, 0) < width * 0.08, 'empty columns leave their room');
    const used = Math.max(...visible.map(({ right }) => right)) - Math.min(...visible.map(({ left }) => left));
    assert.ok(used > (fresh.right - fresh.left) * 0.9, 'lanes over the whole width');
    assert.deepEqual(await layoutFaults(page), []);
  }
  assert.deepEqual(await accessibilityFaults(page), []);
});

test('the pages behind show all others, once each', async () => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await settled();
  const seen = [];
  for (;;) {
    const { columns: [fresh] } = await board();
    for (const card of fresh.cards.filter((one) => isVisible(one, fresh))) if (!seen.includes(card.id)) seen.push(card.id);
    if (fresh.below === 0) {
      assert.deepEqual(seen, fresh.cards.map(({ id }) => id));
      break;
    }
    const before = fresh.below;
    await page.locator('[data-column=new] .below').click();
    await waitUntil('fewer below', async () => (await board()).columns[0].below < before);
  }
  const above = page.locator('[data-column=new] .above');
  while ((await above.count()) > 0) {
    const text = await above.innerText();
    await above.click();
    await waitUntil('fewer above', async () => (await above.count()) === 0 || (await above.innerText()) !== text);
  }
});

test('a line that is struck out moves no ticket into another lane', async () => {
  const lanes = async () => Object.fromEntries((await board()).columns.flatMap(({ cards }) => cards.map(({ id, left }) => [id, Math.round(left)])));
  const cooking = orders.slice(4, 8);
  for (const order of cooking) await request(service, 'PATCH', `/v1/orders/${order.id}`, { token: manager, body: { status: 'preparing' } });
  await waitUntil('them to cook', async () => (await board()).columns[1].cards.length >= cooking.length);
  await settled();
  const before = await lanes();
  const { id } = cooking.flatMap((order) => order.tickets).find(({ itemIds }) => itemIds.length > 1);
  const card = page.locator(`[data-ticket="${id}"]`);
  await card.locator('button.item').first().click();
  await card.locator('.item.is-struck').waitFor();
  await settled();
  assert.deepEqual(await lanes(), before);
});

test('a ticket that is taken opens its column, and others go on in their order', async () => {
  await display.press(orders[0].id, 'start');
  const started = orders[0].tickets[0].id;
  await waitUntil('it to cook', async () => (await board()).columns[1].cards.some((card) => card.id === started));
  await settled();
  const { columns } = await board();
  for (const column of columns) {
    assert.deepEqual(overlapsOf(column.cards), []);
    assert.ok(isInOrder(column.cards, column.list), column.key);
  }
  assert.ok(columns[1].right - columns[1].left >= columns[1].cards[0].right - columns[1].cards[0].left);
});

test('letters of any size cut no column off', async () => {
  for (const order of orders.slice(1, 3)) await request(service, 'PATCH', `/v1/orders/${order.id}`, { token: manager, body: { status: 'ready' } });
  for (const [width, height] of [[1920, 1080], [1366, 768], [1024, 768], [320, 640]]) {
    for (const textSize of [200, 140, 70]) {
      await page.setViewportSize({ width, height });
      await page.evaluate((size) => localStorage.setItem('orderpush.kitchen.preferences', JSON.stringify({ layout: 'status', isSoundOn: false, isAllDayShown: false, textSize: size })), textSize);
      await page.reload();
      await settled();
      await screenshot(page, `kitchen-text-${textSize}-${width}`);
      const { columns } = await board();
      for (const column of columns) {
        assert.ok(column.left >= -1 && column.right <= width + 1, `${column.key} at ${textSize} % of ${width}`);
        assert.deepEqual(overlapsOf(column.cards), []);
      }
      assert.deepEqual(await layoutFaults(page), [], `${textSize} % at ${width}`);
    }
  }
});
