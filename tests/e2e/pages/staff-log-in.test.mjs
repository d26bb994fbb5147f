// The log-in of the pages for staff: renewed while they are open, and what they do when it ends all the same.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WaiterPage } from '../support/pages/waiter_page.mjs';

const TOKEN_SECONDS = 8;
let service, harbor, browser, cook, admin;

before(async () => {
  const restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const port = String(await freePort());
  service = await startService(restaurant.database.url, {
    WEB_DIR: await buildPages(),
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    BUILTIN_RECONNECT_SECONDS: '0',
    STAFF_TOKEN_SECONDS: String(TOKEN_SECONDS),
    LOGIN_ATTEMPTS_ADDRESS_PER_MINUTE: '0',
  });
  browser = await startBrowser();
  admin = restaurant.demo.branches.find(({ staff }) => staff.some(({ role }) => role === 'ADMIN'));
});
after(endAll);

let nextTable = 0;
async function order() {
  const guest = await sitDown(service, harbor.tables[nextTable++ % harbor.tables.length]);
  return placeOrder(service, guest.token, orderOf(harbor));
}
const hired = async (role, name) => {
  const person = { name, email: `${name}@example.com`, password: 'a password of theirs', role, branchId: harbor.id };
  const { status, body } = await request(service, 'POST', '/v1/staff', { token: await logIn(service, admin, 'ADMIN'), body: person });
  assert.equal(status, 201, JSON.stringify(body));
  return { ...person, id: body.id };
};
const disable = async ({ id }, isActive = false) => {
  const { status } = await request(service, 'PATCH', `/v1/staff/${id}`, { token: await logIn(service, admin, 'ADMIN'), body: { isActive } });
  assert.equal(status, 200);
};
const banner = (page) => page.locator('[data-log-in=ended]');
const tokenOf = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('orderpush.staff')).token);
/** Counts what the page lets sound. */
const listen = (context) =>
  context.addInitScript(() => {
    globalThis.soundsPlayed = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (...times) {
      globalThis.soundsPlayed++;
      return start.apply(this, times);
    };
  });
const soundsOf = (page) => page.evaluate(() => globalThis.soundsPlayed);
const displaysOf = async (branch) => {
  const { body } = await request(service, 'GET', `/v1/branches/${branch.id}/displays`, { token: await logIn(service, harbor, 'MANAGER') });
  return body.displays.map(({ name }) => name);
};
async function openKitchen(person) {
  const context = await browser.device();
  await listen(context);
  const display = new KitchenPage(await context.newPage());
  await display.page.goto(`${service.url}/kitchen`);
  await display.logIn(person);
  await connected(display.page);
  await display.page.locator('.badge').click(); // a gesture: sounds are let play
  return display;
}

test('a display renews its log-in and goes on long after the first token has ended', async () => {
  const display = await openKitchen(cook);
  const tokens = new Set([await tokenOf(display.page)]);
  await waitUntil('the fourth token', async () => tokens.add(await tokenOf(display.page)).size >= 4);
  assert.equal(await banner(display.page).count(), 0);
  await display.shows((await order()).id);
  await connected(display.page);
});

test('of two tabs of a device one renews, and both go on', async () => {
  const display = await openKitchen(cook);
  const second = await display.page.context().newPage();
  const renewals = [];
  display.page.context().on('request', (one) => {
    if (one.url().endsWith('/v1/staff/token')) renewals.push(one.headers()['authorization']);
  });
  await second.goto(`${service.url}/kitchen`);
  await connected(second);
  const tokens = new Set([await tokenOf(second)]);
  await waitUntil('the fourth token', async () => tokens.add(await tokenOf(second)).size >= 4);
  assert.equal(new Set(renewals).size, renewals.length, 'no token is renewed twice');
  for (const page of [display.page, second]) assert.equal(await banner(page).count(), 0);
});

test('a display whose log-in ended draws and rings what comes, says so beside the board, and sends what was done after a log-in', async () => {
  const display = await openKitchen(cook);
  const { page } = display;
  const earlier = await order();
  await display.shows(earlier.id);
  await page.route('**/v1/staff/token', (route) => route.abort());
  const token = await tokenOf(page);
  const isOver = async () => (await request(service, 'GET', '/v1/realtime', { token })).status === 401;
  await waitUntil('the token to end', isOver);
  const before = await soundsOf(page);
  const late = await order();
  await display.shows(late.id);
  await waitUntil('the display to ring', async () => (await soundsOf(page)) > before);
  await banner(page).waitFor();
  assert.match(await banner(page).innerText(), /log-in has ended/i);
  await connected(page); // it hears
  const beside = await page.evaluate(() => {
    const [over, board] = ['[data-log-in]', 'main.board'].map((one) => document.querySelector(one).getBoundingClientRect());
    return over.bottom <= board.top + 1;
  });
  assert.ok(beside, 'the banner covers no ticket');
  assert.deepEqual((await displaysOf(harbor)).length > 0, true, 'it hears, so it counts');

  const later = await order();
  await display.shows(later.id);
  await screenshot(page, 'kitchen-log-in-ended');
  await display.press(later.id, 'start');
  await waitUntil('that to need a log-in', async () => /Log in first/.test(await page.locator('.toasts').innerText()));
  await display.press(earlier.id, 'bump');
  await display.showsNot(earlier.id);
  assert.equal(await display.waiting(), 1);

  await page.unroute('**/v1/staff/token');
  await display.logIn(cook);
  await waitUntil('the banner to go', async () => (await banner(page).count()) === 0);
  await waitUntil('what waited to be sent', async () => (await display.waiting()) === 0);
  const { body } = await request(service, 'GET', `/v1/orders/${earlier.id}`, { token: await logIn(service, harbor, 'MANAGER') });
  assert.equal(body.tickets[0].status, 'completed');
  await display.press(later.id, 'start');
  await waitUntil('the order to be cooking', async () => (await display.card(later.id).getAttribute('data-status')) === 'preparing');
});

test('who is disabled is out at once: the page says that it hears nothing, counts as no display, and keeps its board', async () => {
  const person = await hired('KITCHEN', 'robin');
  const display = await openKitchen(person);
  const { page } = display;
  const known = await order();
  await display.shows(known.id);
  await waitUntil('the display to count', async () => (await displaysOf(harbor)).includes('robin'));
  const token = await tokenOf(page);
  await disable(person);
  assert.equal((await request(service, 'GET', '/v1/realtime', { token })).body.code, 'login_ended');
  assert.equal((await request(service, 'POST', '/v1/staff/token', { token })).status, 401);
  await banner(page).waitFor();
  await connected(page, 'unheard');
  assert.match(await banner(page).innerText(), /hears of no new orders/);
  await waitUntil('the display to count no more', async () => !(await displaysOf(harbor)).includes('robin'));
  assert.equal(await display.card(known.id).count(), 1);
  const missed = await order();
  await screenshot(page, 'kitchen-unheard');
  await display.logIn(cook);
  await connected(page);
  await display.shows(missed.id);
  assert.equal(await banner(page).count(), 0);
});

test('a waiters’ tablet goes on as well: what becomes ready is shown', async () => {
  const waiter = harbor.staff.find(({ role }) => role === 'WAITER');
  const tablet = await WaiterPage.open(browser, service, waiter);
  const { page } = tablet;
  const placed = await order();
  await page.route('**/v1/staff/token', (route) => route.abort());
  const token = await tokenOf(page);
  await waitUntil('the token to end', async () => (await request(service, 'GET', '/v1/realtime', { token })).status === 401);
  await request(service, 'PATCH', `/v1/orders/${placed.id}`, { token: await logIn(service, harbor, 'KITCHEN'), body: { status: 'ready' } });
  await tablet.ready(placed.id).waitFor();
  await banner(page).waitFor();
  await page.unroute('**/v1/staff/token');
  await tablet.logIn(waiter);
  await waitUntil('the banner to go', async () => (await banner(page).count()) === 0);
  await tablet.ready(placed.id).locator('[data-action=serve]').click();
  await tablet.ready(placed.id).waitFor({ state: 'detached' });
});

test('a one-time password asks for another one, which logs in', async () => {
  const person = { name: 'sasha', email: 'sasha@example.com', role: 'KITCHEN', branchId: harbor.id };
  const { body } = await request(service, 'POST', '/v1/staff', { token: await logIn(service, admin, 'ADMIN'), body: person });
  const context = await browser.device();
  const page = await context.newPage();
  await page.goto(`${service.url}/kitchen`);
  await page.locator('input[name=email]').fill(person.email);
  await page.locator('input[name=password]').fill(body.oneTimePassword);
  await page.locator('form.log-in button[type=submit]').click();
  const chosen = page.locator('input[name=new-password]');
  await chosen.fill(body.oneTimePassword);
  await page.locator('form.log-in button[type=submit]').click();
  await waitUntil('a fault', async () => (await page.locator('form.log-in .fault').innerText()) !== '');
  assert.deepEqual(await accessibilityFaults(page), []);
  await chosen.fill('a password of their own');
  await page.locator('form.log-in button[type=submit]').click();
  await connected(page);
  const again = await request(service, 'POST', '/v1/staff/login', { body: { email: person.email, password: 'a password of their own' } });
  assert.deepEqual([again.status, again.body.mustChangePassword], [200, false]);
});

test('the log-in names the product and the page', async () => {
  const context = await browser.device();
  const page = await context.newPage();
  for (const [path, name] of [['/kitchen', 'Kitchen'], ['/waiter', 'Waiter'], ['/ops', 'Operations']]) {
    await page.goto(service.url + path);
    await page.locator('form.log-in').waitFor();
    assert.match(await page.locator('form.log-in').innerText(), /orderpush/);
    assert.match(await page.locator('h1').innerText(), new RegExp(name));
    assert.match(await page.title(), new RegExp(`${name}.*orderpush`));
  }
});
