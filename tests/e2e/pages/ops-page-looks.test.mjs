// The operations page for every eye: axe-core finds nothing, from a phone to 4K, in light and dark, in both languages. The
// pictures stay in build/screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { OpsPage } from '../support/pages/ops_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, database, harbor, browser, manager, story;

/** An hour of work, as it stands in the database: orders, pushes, some trouble in the middle. */
async function fillHour() {
  const channel = `kitchen:${harbor.id}`;
  await database.query(
    `with made as (
       select gen_random_uuid() as id, s as nth, date_trunc('minute', now()) - make_interval(mins => 58 - (s * 58 / 240), secs => (s * 7) % 60) as at
       from generate_series(1, 240) s
     ), kept as (
       insert into events (id, name, payload, occurred_at, written_at)
       select id, case nth % 3 when 0 then 'order:created' else 'order:status_changed' end, '{}', at, at from made returning 1
     ), counted as (
       insert into channel_counters (channel, seq, is_pending) values ($1, 240, false)
       on conflict (channel) do update set seq = channel_counters.seq + 240 returning seq - 240 as base
     ), queued as (
       insert into outbox (channel, seq, event_id) select $1, c.base + m.nth, m.id from made m cross join counted c returning 1
     )
     insert into deliveries (adapter, channel, seq, state, attempts, updated_at, via, history)
     select 'builtin', $1, c.base + m.nth, 'delivered', 1,
       m.at + make_interval(secs => 0.004 + 0.012 * abs(sin(m.nth * 1.7)) + case when m.nth between 120 and 140 then 0.06 else 0 end), 'builtin',
       case when m.nth between 122 and 132 then jsonb_build_array(jsonb_build_object('attempt', 1, 'via', 'builtin', 'state', 'retry',
         'reason', 'HTTP 503', 'at', floor(extract(epoch from m.at) * 1000)::bigint)) end
     from made m cross join counted c
     where (select count(*) from kept) + (select count(*) from queued) >= 0`,
    [channel],
  );
}

/** An order with a life, and a push that was given up. */
async function fillToday() {
  const guest = await sitDown(service, harbor.tables[0]);
  const order = await placeOrder(service, guest.token, {
    items: harbor.menuItems.slice(0, 3).map(({ id }, i) => ({ menuItemId: id, quantity: 1 + i, ...(i === 1 ? { note: 'no onions' } : {}) })),
    customerName: 'Zoë',
    note: 'Birthday: a candle, please',
  });
  const cook = await logIn(service, harbor, 'KITCHEN');
  for (const status of ['acknowledged', 'preparing', 'ready']) {
    await request(service, 'PATCH', `/v1/tickets/${order.tickets[0].id}`, { token: cook, body: { status } });
  }
  const other = await placeOrder(service, guest.token, orderOf(harbor));
  const ofOrder = [`order:${other.id}`];
  await waitUntil('it to be pushed', async () => (await database.query('select 1 from deliveries where channel = $1', ofOrder)).length === 1);
  await database.query(
    `update deliveries set state = 'dead', attempts = 3, reason = $2, branch_id = $3 where channel = $1`,
    [ofOrder[0], '413 Request Entity Too Large: the data of this event is over 10 KB', harbor.id],
  );
  return order;
}

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  manager = harbor.staff.find(({ role }) => role === 'MANAGER');
  const port = String(await freePort());
  service = await startService(database.url, { WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` });
  browser = await startBrowser();
  await fillHour();
  const cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const kitchen = await KitchenPage.open(browser, service, cook);
  story = await fillToday();
  await kitchen.shows(story.id);
});
after(endAll);

for (const colorScheme of ['dark', 'light']) {
  test(`axe-core finds nothing wrong in the ${colorScheme} one`, async () => {
    const context = await browser.device({ colorScheme });
    const ops = new OpsPage(await context.newPage());
    const { page } = ops;
    await page.goto(`${service.url}/ops`);
    await page.locator('form.log-in').waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], 'the log-in');
    await ops.logIn(manager);
    await connected(page);
    await page.locator('[data-delivery]').waitFor();
    await page.locator('[data-presence=online]').waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], 'before a search');
    await ops.find(story.id);
    await ops.showsStory(story.id);
    await waitUntil('the sighting', async () => (await page.locator('[data-verdict=seen]').count()) === 1);
    await screenshot(page, `ops-${colorScheme}`);
    assert.deepEqual(await accessibilityFaults(page), [], 'with a story');
    await page.locator('.chart-table summary').first().click();
    await page.locator('.chart-table table').waitFor();
    assert.equal(await page.locator('.chart-table tbody tr').count(), 60);
    assert.deepEqual(await accessibilityFaults(page), [], 'with a table');
    await page.locator('.chart-table summary').first().click();
    await page.locator('#dead-letters').scrollIntoViewIfNeeded();
    await screenshot(page, `ops-${colorScheme}-below`);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], 'the settings');
  });
}

test('everything is reached by keyboard, in the order in which it is read, with the focus in sight', async () => {
  const { page } = await OpsPage.open(browser, service, manager);
  await page.locator('[data-delivery]').waitFor();
  const reached = [];
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    reached.push(
      await page.evaluate(() => {
        const { activeElement: element } = document;
        const style = getComputedStyle(element);
        return { isPage: element === document.body, name: element.id || element.textContent.trim(), isSeen: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2 };
      }),
    );
  }
  const names = reached.map(({ name }) => name);
  for (const name of ['Settings', 'search-field', 'Find', 'Send all again', 'Send again']) assert.ok(names.includes(name), `${name} in ${names}`);
  assert.deepEqual(reached.filter(({ isPage, isSeen }) => !isPage && !isSeen), []);
});

test('it speaks German', async () => {
  const context = await browser.device({ locale: 'de-DE' });
  const ops = new OpsPage(await context.newPage());
  await ops.page.goto(`${service.url}/ops`);
  await ops.logIn(manager);
  await connected(ops.page);
  await ops.page.getByRole('heading', { name: 'Betrieb' }).waitFor();
  await ops.page.locator('[data-delivery]').waitFor();
  const words = await ops.page.locator('main').innerText();
  assert.match(words, /Die letzte Stunde/);
  assert.doesNotMatch(words, /undefined|NaN|\{\w+\}/);
});

for (const [name, viewport] of [['phone', { width: 320, height: 640 }], ['tablet', { width: 1024, height: 768 }], ['wall-4k', { width: 3840, height: 2160 }]]) {
  test(`it fits a ${name}`, async () => {
    const ops = await OpsPage.open(browser, service, manager, 'live', { viewport, hasTouch: name !== 'wall-4k' });
    const { page } = ops;
    await page.locator('[data-delivery]').waitFor();
    await ops.find(story.id);
    await ops.showsStory(story.id);
    await screenshot(page, `ops-${name}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, 'nothing beyond the edge');
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('button, .tile, .row, .verdict, .chapter, .pill')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(cut, [], 'no text is cut');
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, summary')].filter((one) => one.getBoundingClientRect().height < 43).map((one) => one.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(small, [], 'large enough for a finger');
  });
}
