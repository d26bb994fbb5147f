// The steps for an order that no display shows, interrupted: by a cook who takes it, and by a crash.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { ALL_STEPS, UnseenOrders } from '../support/unseen_orders.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;

before(async () => {
  restaurant = await new UnseenOrders().start();
  await restaurant.seenOrder(); // only where a display reports can an order be unseen
});
after(endAll);

test('taking it ends it, and withdraws what the receiver would not take', async () => {
  const { receiver, cook } = restaurant;
  receiver.answer = () => 503;
  const ignored = await restaurant.order();
  await waitUntil('an attempt', () => receiver.attempts.some(({ rawBody }) => rawBody.includes(ignored.id)));
  for (const { id } of ignored.tickets) {
    const taken = await restaurant.ask('PATCH', `/v1/tickets/${id}`, { token: cook, body: { status: 'acknowledged' } });
    assert.equal(taken.status, 200);
  }
  await waitUntil('it to be over', () => restaurant.isCleared(ignored));
  const { body: page } = await restaurant.ask('GET', '/v1/webhooks?state=expired');
  assert.equal(page.webhooks.length, 1);
  receiver.answer = () => 200;
  await restaurant.setWebhook();
});

test('a kill between two steps repeats none and forgets none', async () => {
  const unseen = await restaurant.order();
  await waitUntil('the first step', async () => (await restaurant.stepsOf(unseen)) !== '');
  const before = await restaurant.stepsOf(unseen);
  await restaurant.service.kill();
  await restaurant.startService();
  await restaurant.openDisplays();
  await waitUntil('the last step', () => restaurant.webhooksOf(unseen).length > 0);
  assert.equal(await restaurant.stepsOf(unseen), ALL_STEPS, before);
  assert.equal(restaurant.webhooksOf(unseen).length, 1);
  const alarms = await restaurant.database.query("select step from unattended_alarms where order_id = $1 and cause = 'unseen'", [unseen.id]);
  assert.equal(alarms.length, 3);
});
