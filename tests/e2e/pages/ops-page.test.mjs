// The operations page: what fails shows and heals, an order's timeline says what became of it, and only those in charge see it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { OpsPage } from '../support/pages/ops_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant, harbor, oldTown, browser, pages, service, provider;
const who = (branch, role) => branch.staff.find((person) => person.role === role);

const pusherSettings = () => ({
  PUSH_ADAPTERS: 'pusher',
  PUSHER_APP_ID: PUSHER.appId,
  PUSHER_KEY: PUSHER.key,
  PUSHER_SECRET: PUSHER.secret,
  PUSHER_HOST: provider.url,
});

async function start(more = {}) {
  const port = String(await freePort());
  return startService(restaurant.database.url, { WEB_DIR: pages, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, ...more });
}

async function order(table = harbor.tables[0], more = {}) {
  const guest = await sitDown(service, table);
  return placeOrder(service, guest.token, { ...orderOf(harbor), ...more });
}

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  pages = await buildPages();
  provider = await new PusherProvider().start();
  browser = await startBrowser();
});
after(endAll);

test('an open circuit shows, with what waits and why, and closes again', async () => {
  service = await start(pusherSettings());
  const ops = await OpsPage.open(browser, service, who(harbor, 'MANAGER'), 'polling');
  await ops.hasHealth('well');
  assert.equal(await ops.circuit('pusher'), 'closed');
  provider.permanent = { status: 503, body: 'we are away\n' };
  await order();
  await waitUntil('the open circuit', async () => ['open', 'half_open'].includes(await ops.circuit('pusher')));
  await ops.hasHealth('troubled');
  await waitUntil('the provider\'s answer', async () => /503/.test(await ops.adapter('pusher').innerText()));
  await waitUntil('what waits', async () => Number((await ops.tile('outbox')).value) > 0);
  await screenshot(ops.page, 'ops-circuit-open');
  provider.permanent = null;
  await waitUntil('the closed circuit', async () => (await ops.circuit('pusher')) === 'closed');
  await waitUntil('nothing to wait', async () => (await ops.tile('outbox')).value === '0');
  await ops.hasHealth('well');
});

test('a dead letter comes with the provider\'s words, is sent again once, and leaves the list', async () => {
  provider.permanent = { status: 413, body: 'The data content of this event exceeds <b>our</b> maximum\n' };
  const { id } = await order(harbor.tables[1]);
  const ops = await OpsPage.open(browser, service, who(harbor, 'MANAGER'), 'polling');
  const letters = ops.page.locator('[data-delivery]');
  await waitUntil('dead letters', async () => (await letters.count()) > 0);
  const ofKitchen = ops.page.locator(`[data-delivery*="kitchen:${harbor.id}"]`).first();
  await ofKitchen.waitFor();
  assert.match(await ofKitchen.innerText(), /exceeds <b>our<\/b> maximum/);
  assert.equal(await ops.page.locator('.answer b').count(), 0, 'markup is text');
  await waitUntil('the count', async () => Number((await ops.tile('dead')).value) > 0);
  await screenshot(ops.page, 'ops-dead-letters');
  provider.permanent = null;
  let retries = 0;
  ops.page.on('request', (one) => (retries += /\/retry$/.test(one.url()) ? 1 : 0));
  const deliveryId = await ofKitchen.getAttribute('data-delivery');
  const letter = ops.page.locator(`[data-delivery="${deliveryId}"]`);
  await letter.locator('[data-action=retry]').dblclick();
  await waitUntil('it to leave the list', async () => (await letter.count()) === 0);
  assert.equal(retries, 1, 'two taps are one retry');
  await waitUntil('the push', () => provider.events.some(({ channel, data }) => channel === `presence-kitchen-${harbor.id}` && data.orderId === id));
  if ((await letters.count()) > 0) await ops.page.getByRole('button', { name: 'Send all again' }).click();
  await waitUntil('an empty list', async () => (await letters.count()) === 0);
  await waitUntil('the count to be 0', async () => (await ops.tile('dead')).value === '0');
});

test('the timeline of an order shows the attempt that failed, and how it was delivered', async () => {
  const ops = await OpsPage.open(browser, service, who(harbor, 'MANAGER'), 'polling');
  provider.plan = Array.from({ length: 4 }, () => ({ status: 503, body: 'hiccup\n' }));
  const placed = await order(harbor.tables[2]);
  await waitUntil('the push', () => provider.events.some(({ data }) => data.orderId === placed.id));
  await ops.find(String(placed.orderNumber));
  await ops.showsStory(placed.id);
  await waitUntil('the failing attempt', async () => (await ops.page.locator('[data-kind=committed] [data-outcome=retry]').count()) > 0);
  await waitUntil('the delivery', async () => (await ops.page.locator('[data-kind=committed] [data-outcome=delivered]').count()) > 0);
  assert.match(await ops.page.locator('[data-outcome=retry]').first().innerText(), /503/);
  assert.equal(await ops.page.locator('[data-verdict]').getAttribute('data-verdict'), 'pushed');
  assert.match(ops.page.url(), new RegExp(`/ops#order/${placed.id}$`));
  await service.stop();
});

test('the timeline of an order follows it from the guest to the screen and off it', async () => {
  service = await start();
  const ops = await OpsPage.open(browser, service, who(harbor, 'MANAGER'));
  const kitchen = await KitchenPage.open(browser, service, who(harbor, 'KITCHEN'));
  const note = '<img src=x onerror="document.title=1"> no onions';
  const placed = await order(harbor.tables[0], { note });
  await kitchen.shows(placed.id);
  await ops.find(placed.id);
  await ops.showsStory(placed.id);
  await waitUntil('the sighting', async () => (await ops.page.locator('[data-verdict=seen]').count()) === 1);
  assert.equal(await ops.page.locator('.note').innerText(), note, 'markup is text');
  const cook = await logIn(service, harbor, 'KITCHEN');
  for (const status of ['acknowledged', 'preparing', 'ready']) {
    await request(service, 'PATCH', `/v1/tickets/${placed.tickets[0].id}`, { token: cook, body: { status } });
  }
  await request(service, 'POST', `/v1/tickets/${placed.tickets[0].id}/bump`, { token: cook });
  for (const kind of ['committed', 'acknowledged', 'preparing', 'ready', 'bumped']) {
    await waitUntil(`the chapter ${kind}`, async () => (await ops.page.locator(`[data-kind=${kind}]`).count()) > 0);
  }
  assert.match(await ops.page.locator('[data-kind=acknowledged]').innerText(), new RegExp(who(harbor, 'KITCHEN').name));
  assert.match(await ops.page.locator('[data-kind=committed]').innerText(), /Pushed through builtin to .*kitchen/);
  await screenshot(ops.page, 'ops-story');
  await ops.page.reload();
  await ops.showsStory(placed.id);
});

test('a display that goes is shown as silent, and comes back', async () => {
  const ops = await OpsPage.open(browser, service, who(harbor, 'MANAGER'));
  const cook = who(harbor, 'KITCHEN');
  const display = (presence) => ops.page.locator(`[data-branch="${harbor.id}"] [data-presence=${presence}]`, { hasText: cook.name });
  const kitchen = await KitchenPage.open(browser, service, cook);
  await waitUntil('the display online', async () => (await display('online').count()) === 1);
  for (const context of kitchen.page.context().browser().contexts()) {
    for (const page of context.pages()) if (page.url().includes('/kitchen')) await page.close();
  }
  await waitUntil('the display silent', async () => (await display('silent').count()) === 1);
  await waitUntil('the branch in the dark', async () => (await ops.page.locator('[data-problem=dark]').count()) === 1);
  await screenshot(ops.page, 'ops-silent-display');
  await KitchenPage.open(browser, service, cook);
  await waitUntil('the display online again', async () => (await display('online').count()) === 1 && (await display('silent').count()) === 0);
});

test('ADMIN sees every branch, MANAGER the own one, and what is asked is answered', async () => {
  const admin = await OpsPage.open(browser, service, who(harbor, 'ADMIN'));
  await waitUntil('both branches', async () => (await admin.page.locator('[data-branch]').count()) === restaurant.demo.branches.length);
  const manager = await OpsPage.open(browser, service, who(oldTown, 'MANAGER'));
  await manager.page.locator(`[data-branch="${oldTown.id}"]`).waitFor();
  assert.equal(await manager.page.locator('[data-branch]').count(), 1);
  for (const [asked, answer] of [['99999', 'There is no such order.'], ['soup', 'Type the number on the ticket'], ['019a9c3f-7b2e-7c41-9d5a-000000000005', 'There is no such order.']]) {
    await manager.find(asked);
    await waitUntil(`the answer to ${asked}`, async () => (await manager.page.locator('.search-hint').innerText()).includes(answer));
  }
});

test('other roles are refused, with a reason', async () => {
  const context = await browser.device();
  const page = await context.newPage();
  await page.goto(`${service.url}/ops`);
  const ops = new OpsPage(page);
  await ops.logIn(who(harbor, 'WAITER'));
  await waitUntil('the refusal', async () => (await page.getByRole('alert').innerText()).includes('not for the role WAITER'));
  // Logged in on another page of the same device.
  const { body } = await request(service, 'POST', '/v1/staff/login', { body: (({ email, password }) => ({ email, password }))(who(harbor, 'WAITER')) });
  await page.evaluate((text) => window.localStorage.setItem('orderpush.staff', text), JSON.stringify(body));
  await page.reload();
  await page.getByRole('heading', { name: 'Not for this role' }).waitFor();
  assert.equal(await page.locator('.desk').count(), 0);
  await page.getByRole('button', { name: 'Log in as someone else' }).click();
  await ops.logIn(who(harbor, 'MANAGER'));
  await connected(page);
});

test('an expired log-in comes back to what was open, also with storage blocked', async () => {
  const context = await browser.device();
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException('blocked', 'SecurityError'); } });
    }
  });
  const page = await context.newPage();
  await page.goto(`${service.url}/ops`);
  const ops = new OpsPage(page);
  await ops.logIn(who(harbor, 'MANAGER'));
  await connected(page);
  const placed = await order(harbor.tables[1]);
  await ops.find(placed.id);
  await ops.showsStory(placed.id);
  await page.route('**/v1/**', (route) => (route.request().url().includes('/login') ? route.continue() : route.fulfill({
    status: 401,
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'The token has expired.', code: 'token_expired', requestId: 'r' }),
  })));
  await page.locator('[data-log-in=ended]').waitFor();
  await ops.showsStory(placed.id);
  await page.unroute('**/v1/**');
  await ops.logIn(who(harbor, 'MANAGER'));
  await waitUntil('the log-in to go', async () => (await page.locator('[data-log-in]').count()) === 0);
  await ops.showsStory(placed.id);
  await connected(page);
});

test('while nobody answers the page keeps what it knew and says so', async () => {
  const ops = await OpsPage.open(browser, service, who(harbor, 'MANAGER'));
  await ops.hasHealth('well', 'troubled');
  const { PORT, PUBLIC_URL } = { PORT: String(service.port), PUBLIC_URL: service.url };
  await service.kill();
  await connected(ops.page, 'offline');
  await waitUntil('old figures to be marked as old', async () => (await ops.page.locator('[data-stale=true]').count()) === 1);
  assert.equal(await ops.page.locator('[data-tile]').count(), 4);
  service = await startService(restaurant.database.url, { WEB_DIR: pages, PORT, PUBLIC_URL });
  await connected(ops.page);
  await waitUntil('fresh figures', async () => (await ops.page.locator('[data-stale=false]').count()) === 1);
});
