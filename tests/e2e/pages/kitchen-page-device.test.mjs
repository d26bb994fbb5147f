// The kitchen display on devices as they are: silent until touched, going dark, full, touched by fingers, asleep.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, database, harbor, browser, cook, manager;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  const port = String(await freePort());
  service = await startService(database.url, {
    WEB_DIR: await buildPages(), PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BUILTIN_RECONNECT_SECONDS: '0',
  });
  browser = await startBrowser();
  manager = await logIn(service, harbor, 'MANAGER');
});
after(endAll);

let nextTable = 0;
async function order() {
  const guest = await sitDown(service, harbor.tables[nextTable++ % harbor.tables.length]);
  return placeOrder(service, guest.token, orderOf(harbor));
}

/** A display on a device that `prepare` (run in the page before anything else) has made. */
async function open(prepare, options = {}) {
  const context = await browser.device(options);
  if (prepare) await context.addInitScript(prepare);
  const display = new KitchenPage(await context.newPage());
  await display.page.goto(`${service.url}/kitchen`);
  await display.logIn(cook);
  await connected(display.page);
  return display;
}

test('the page allows no script but its own files, and connects only to where it must', async () => {
  const answer = await request(service, 'GET', '/kitchen');
  const policy = new Map(answer.headers.get('content-security-policy').split('; ').map((part) => [part.split(' ')[0], part]));
  assert.equal(policy.get('default-src'), "default-src 'none'");
  assert.equal(policy.get('script-src'), "script-src 'self'");
  assert.equal(policy.get('style-src'), "style-src 'self'");
  assert.equal(policy.get('frame-ancestors'), "frame-ancestors 'none'");
  assert.match(policy.get('connect-src'), /^connect-src 'self' \S+127\.0\.0\.1/);
  assert.doesNotMatch([...policy.values()].join(' '), /unsafe|\*/);
  assert.doesNotMatch(answer.body, /<script(?![^>]* src=)|<style| style=| on\w+=/);
});

test('sounds ask for a touch first, are different for new, changed and cancelled, and can be turned off', async () => {
  const display = await open(() => {
    // To Chromium every look of the debugger is a touch: so its lock is simulated here.
    let isTouched = false;
    globalThis.AudioContext = class extends globalThis.AudioContext {
      get state() {
        return isTouched ? super.state : 'suspended';
      }
      resume() {
        return isTouched ? super.resume().then(() => this.onstatechange()) : new Promise(() => {});
      }
    };
    globalThis.addEventListener('pointerdown', () => (isTouched = true), true);
    globalThis.tones = [];
    const Real = globalThis.OscillatorNode;
    globalThis.OscillatorNode = class extends Real {
      constructor(context, options) {
        super(context, options);
        globalThis.tones.push(options.frequency);
      }
    };
  });
  const { page } = display;
  const tones = () => page.evaluate(() => globalThis.tones);
  const locked = page.getByRole('button', { name: 'Touch here to turn the sound on' });
  await page.reload();
  await connected(page);
  await locked.waitFor();
  const silent = await order();
  await display.shows(silent.id);
  assert.deepEqual(await tones(), []);
  await locked.click();
  await page.getByRole('button', { name: 'Sound on', pressed: true }).waitFor();
  const { id, items } = await order();
  await waitUntil('the sound of a new order', async () => (await tones()).join() === '659,880,1319');
  await display.shows(id);
  await request(service, 'POST', `/v1/orders/${id}/items`, { token: manager, body: orderOf(harbor, 2) });
  await waitUntil('the sound of a change', async () => (await tones()).slice(3).join() === '988,988');
  await request(service, 'PATCH', `/v1/orders/${id}`, { token: manager, body: { status: 'cancelled' } });
  await waitUntil('the sound of a cancellation', async () => (await tones()).slice(5).join() === '440,294,196');
  assert.ok(items.length > 0);
  await page.getByRole('button', { name: 'Sound on' }).click();
  const unheard = await order();
  await display.shows(unheard.id);
  assert.equal((await tones()).length, 8);
});

test('the screen is kept on, again after the device took that back', async () => {
  const { page } = await open(() => {
    globalThis.locks = [];
    if (!navigator.wakeLock) return; // about:blank
    navigator.wakeLock.request = (kind) => {
      const lock = { kind, released: false };
      globalThis.locks.push(lock);
      return Promise.resolve(lock);
    };
  });
  const kinds = () => page.evaluate(() => globalThis.locks.map(({ kind }) => kind).join());
  assert.equal(await kinds(), 'screen');
  const lookAgain = () => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')));
  await lookAgain();
  assert.equal(await kinds(), 'screen', 'one is enough');
  await page.evaluate(() => void (globalThis.locks[0].released = true));
  await lookAgain();
  await waitUntil('another', async () => (await kinds()) === 'screen,screen');
});

test('fingers do all of it', async () => {
  const { id } = await order();
  const display = await open(undefined, { hasTouch: true, viewport: { width: 1024, height: 768 } });
  await display.shows(id);
  const card = display.card(id);
  const status = async (wanted) => waitUntil(`it to be ${wanted}`, async () => (await card.getAttribute('data-status')) === wanted);
  await card.locator('[data-action=acknowledge]').tap();
  await status('acknowledged');
  await card.locator('.more').tap();
  await display.page.locator('dialog [data-action=hold]').tap();
  await waitUntil('the hold', async () => /ON HOLD/.test(await card.innerText()));
  await card.locator('[data-action=fire]').tap();
  await card.locator('[data-action=start]').tap();
  await status('preparing');
  await card.locator('button.item').tap();
  await waitUntil('the line to be struck out', async () => (await card.locator('.item.is-struck').count()) === 1 || (await card.getAttribute('data-status')) === 'ready');
  await card.locator('[data-action=bump]').tap();
  await display.showsNot(id);
});

test('a device without room keeps what waits as long as the page is open, and says so', async () => {
  const display = await open(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  const one = await order();
  await display.shows(one.id);
  await display.page.context().setOffline(true);
  await connected(display.page, 'offline');
  await display.press(one.id, 'bump');
  await waitUntil('a message', async () => /stores nothing/.test(await display.page.locator('.toasts').innerText()));
  await screenshot(display.page, 'kitchen-full');
  await display.page.context().setOffline(false);
  await connected(display.page);
  await waitUntil('the bump', async () => (await display.waiting()) === 0);
  const bumps = await database.query("select count(*)::int as n from events where name = 'kitchen:order_completed' and payload->>'orderId' = $1", [one.id]);
  assert.equal(bumps[0].n, 1);
});

test('what is stored and is not ours, or of an older page, does not break it', async () => {
  const display = await open();
  const { page } = display;
  await page.evaluate((branchId) => {
    localStorage.setItem(`orderpush.kitchen.changes.${branchId}`, '{"changes":[1,["x"]],"gone":[{"id":"y"}]}');
    localStorage.setItem(`orderpush.kitchen.queue.${branchId}`, '[null]');
    localStorage.setItem('orderpush.kitchen.preferences', '{"layout":"sideways"}');
    localStorage.setItem('orderpush.device', 'not an id');
  }, harbor.id);
  await page.reload();
  await connected(page);
  const { id } = await order();
  await display.shows(id);
});

test('a display that slept for an evening, without a network, wakes to the truth', async () => {
  const awake = await open();
  const asleep = await open();
  const before = [await order(), await order(), await order()];
  await asleep.shows(before[2].id);
  const session = await asleep.page.context().newCDPSession(asleep.page);
  await asleep.page.context().setOffline(true);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  const bump = (one) => request(service, 'POST', `/v1/tickets/${one.tickets[0].id}/bump`, { token: manager });
  await bump(before[0]);
  await request(service, 'POST', `/v1/tickets/${before[1].tickets[0].id}/hold`, { token: manager });
  for (let i = 0; i < 60; i++) await bump(await order());
  const last = await order();
  await awake.shows(last.id);
  await asleep.page.context().setOffline(false);
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await asleep.shows(last.id);
  await connected(asleep.page);
  await asleep.showsSameAs(awake, 'the evening', (board) => board.flat().some((card) => card.flags?.includes('ON HOLD')));
});

test('waiters are notified of an order that no display takes, not of one that is taken', async () => {
  const display = await open();
  await database.query('update branches set unattended_after_seconds = 2');
  const taken = await order();
  await display.shows(taken.id);
  await display.press(taken.id, 'acknowledge');
  await waitUntil('the taking to be sent', async () => (await display.waiting()) === 0);
  await display.page.context().close();
  const left = await order();
  const alarms = () => database.query("select payload->>'orderId' as id from events where name = 'kitchen:unattended'");
  await waitUntil('the alarm', async () => (await alarms()).some(({ id }) => id === left.id));
  assert.ok(!(await alarms()).some(({ id }) => id === taken.id));
});
