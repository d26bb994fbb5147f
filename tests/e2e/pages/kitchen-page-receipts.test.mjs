// What hangs on a display in a real browser is seen, however it came there; what hangs on none escalates.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const UNSEEN_AFTER = 10;
const UNATTENDED_AFTER = 12;

let service, database, harbor, browser, cook, token;
let nextTable = 0;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  await database.query('update branches set unseen_after_seconds = $1, unattended_after_seconds = $2', [UNSEEN_AFTER, UNATTENDED_AFTER]);
  const port = String(await freePort());
  service = await startService(database.url, {
    WEB_DIR: await buildPages(),
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    BUILTIN_RECONNECT_SECONDS: '0',
  });
  browser = await startBrowser();
  cook = harbor.staff.find(({ role }) => role === 'KITCHEN');
  token = await logIn(service, harbor, 'KITCHEN');
});
after(endAll);

async function order() {
  const guest = await sitDown(service, harbor.tables[nextTable++ % harbor.tables.length]);
  return placeOrder(service, guest.token, orderOf(harbor));
}

const kindsOf = async ({ id }) =>
  (await request(service, 'GET', `/v1/orders/${id}/timeline`, { token })).body.entries.map(({ kind, detail }) =>
    kind.startsWith('escalat') ? `${kind} ${detail}` : kind,
  );
/** Since this is the later limit, the watch has looked at both. */
const isLookedAt = (order) => waitUntil('a look', async () => (await kindsOf(order)).includes('escalated unacknowledged'));
const unseen = (kinds) => kinds.filter((kind) => kind.startsWith('escalated unseen'));

let display;

test('an order that hangs on a visible screen never escalates', async () => {
  display = await KitchenPage.open(browser, service, cook);
  const seen = await order();
  await display.shows(seen.id);
  await isLookedAt(seen);
  const kinds = await kindsOf(seen);
  assert.ok(kinds.includes('received') && kinds.includes('seen'), kinds.join());
  assert.deepEqual(unseen(kinds), []);
});

test('what a display reads with its board is seen too', async () => {
  await display.page.close();
  const missed = await order();
  await waitUntil('it to escalate', async () => unseen(await kindsOf(missed)).length > 0);
  display = await KitchenPage.open(browser, service, cook);
  await display.shows(missed.id);
  await waitUntil('it to be over', async () => (await kindsOf(missed)).includes('escalation_cleared unseen'));
  assert.ok((await kindsOf(missed)).includes('seen'));
});
