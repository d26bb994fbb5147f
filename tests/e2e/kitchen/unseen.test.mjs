// An order that no display shows: it is pushed again, the waiters are notified, then the restaurant's webhook. A display
// that shows it ends that.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { logIn } from '../support/fixtures.mjs';
import { ALL_STEPS, UnseenOrders } from '../support/unseen_orders.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;

before(async () => {
  restaurant = await new UnseenOrders().start();
});
after(endAll);

test('where no display reports what it shows, nothing is unseen', async () => {
  const { database } = restaurant;
  const silent = await restaurant.order();
  const alarm = () => database.query("select 1 from unattended_alarms where order_id = $1 and cause = 'unacknowledged'", [silent.id]);
  await database.query('update branches set unattended_after_seconds = 1');
  // It was looked at behind both limits.
  await waitUntil('a look', async () => (await alarm()).length > 0);
  await database.query('update branches set unattended_after_seconds = 120');
  assert.equal(await restaurant.stepsOf(silent), '');
  await restaurant.see(silent); // from now on they do
});

test('an order that nobody sees is pushed again, then the waiters and the restaurant are notified', async () => {
  const { display, waiters, harbor } = restaurant;
  const seen = await restaurant.seenOrder();
  const elsewhere = await restaurant.order(restaurant.oldTown);
  const unseen = await restaurant.order();
  await waitUntil('the webhook', () => restaurant.webhooksOf(unseen).length > 0);
  assert.equal(await restaurant.stepsOf(unseen), ALL_STEPS);
  const pushed = (await display.received('order:created')).filter(({ orderId }) => orderId === unseen.id);
  assert.equal(pushed.length, 2);
  assert.deepEqual(pushed[0], pushed[1]);
  const alarms = await waiters.received('kitchen:unattended');
  assert.equal(alarms.filter(({ orderId, reason }) => orderId === unseen.id && reason === 'unseen').length, 1);
  const [webhook] = restaurant.webhooksOf(unseen);
  assert.equal(webhook.type, 'order.unseen');
  assert.deepEqual(webhook.data, { orderId: unseen.id, branchId: harbor.id, reason: 'unseen', since: unseen.createdAt });
  assert.equal(await restaurant.stepsOf(seen), '');
  assert.equal(await restaurant.stepsOf(elsewhere), '', 'that branch does not report');

  const { body: endpoint } = await restaurant.ask('GET', '/v1/restaurant/webhook');
  assert.equal(endpoint.pending, 0);
  assert.equal(endpoint.secret, undefined);
  const { body: page } = await restaurant.ask('GET', '/v1/webhooks');
  assert.equal(page.webhooks[0].state, 'delivered');
  await restaurant.see(unseen);
  await waitUntil('it to be over', () => restaurant.isCleared(unseen));
});

test("the webhook is the restaurant's own, and can be taken away", async () => {
  const manager = await logIn(restaurant.service, restaurant.harbor, 'MANAGER');
  assert.equal((await restaurant.ask('GET', '/v1/restaurant/webhook', { token: manager })).status, 403);
  assert.equal((await restaurant.ask('DELETE', '/v1/restaurant/webhook')).status, 204);
  assert.equal((await restaurant.ask('GET', '/v1/restaurant/webhook')).body.code, 'webhook_not_set');
});
