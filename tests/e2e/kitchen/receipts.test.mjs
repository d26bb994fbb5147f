// What a display reports stands in the order's timeline, beside every attempt at pushing to it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, harbor, oldTown, provider;

before(async () => {
  const restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  provider = await new PusherProvider().start();
  service = await startService(restaurant.database.url, {
    PUSH_ADAPTERS: 'pusher',
    PUSHER_APP_ID: PUSHER.appId,
    PUSHER_KEY: PUSHER.key,
    PUSHER_SECRET: PUSHER.secret,
    PUSHER_HOST: provider.url,
  });
});
after(endAll);

test('the timeline lists each attempt, who received it and what the kitchen did', async () => {
  const cook = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[0]);
  provider.permanent = { status: 503, body: 'busy' };
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  const timeline = async () => (await request(service, 'GET', `/v1/orders/${order.id}/timeline`, { token: cook })).body;
  const ofKitchen = async () => (await timeline()).entries.filter((entry) => entry.kind === 'published' && entry.channel === `kitchen:${harbor.id}`);
  await waitUntil('an attempt that fails', async () => (await ofKitchen()).some((entry) => entry.outcome === 'retry'));
  provider.permanent = null;
  await waitUntil('the push to the kitchen', async () => (await ofKitchen()).some((entry) => entry.outcome === 'delivered'));
  const attempts = await ofKitchen();
  assert.equal(attempts.at(-1).adapter, 'pusher');
  assert.equal(attempts[0].outcome, 'retry');
  assert.equal(attempts[0].eventId, attempts.at(-1).eventId);
  assert.match(attempts[0].detail, /503/);

  const { eventId } = attempts[0];
  const report = (token, kind) => request(service, 'POST', '/v1/receipts', { token, body: { deviceId: 'grill-1', kind, eventIds: [eventId] } });
  assert.deepEqual((await report(cook, 'received')).body, { recorded: 1, ignored: 0 });
  assert.deepEqual((await report(cook, 'seen')).body, { recorded: 1, ignored: 0 });
  assert.deepEqual((await report(cook, 'seen')).body, { recorded: 1, ignored: 0 });
  assert.deepEqual((await report(await logIn(service, oldTown, 'KITCHEN'), 'seen')).body, { recorded: 0, ignored: 1 });
  const ticket = order.tickets[0].id;
  for (const status of ['acknowledged', 'preparing', 'ready']) {
    assert.equal((await request(service, 'PATCH', `/v1/tickets/${ticket}`, { token: cook, body: { status } })).status, 200);
  }
  assert.equal((await request(service, 'POST', `/v1/tickets/${ticket}/bump`, { token: cook })).status, 200);
  const { entries, orderNumber } = await timeline();
  assert.equal(orderNumber, order.orderNumber);
  const kinds = entries.map((entry) => entry.kind);
  for (const kind of ['accepted', 'committed', 'published', 'received', 'seen', 'acknowledged', 'preparing', 'ready', 'bumped']) {
    assert.ok(kinds.includes(kind), `${kind} in ${kinds}`);
  }
  assert.equal(kinds.filter((kind) => kind === 'seen').length, 1);
  assert.deepEqual(entries.map((entry) => entry.at), entries.map((entry) => entry.at).sort());
});
