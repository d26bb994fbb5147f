// An order in a kitchen where nobody looks raises an alarm at the waiters.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, database, harbor, waiters;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  service = await startService(database.url, { BUILTIN_RECONNECT_SECONDS: '0' });
  waiters = new Device(service, await logIn(service, harbor, 'WAITER'));
  await waiters.join(`presence-waiters-${harbor.id}`);
});
after(endAll);

const alarmFor = (order, reason) =>
  waitUntil(`the alarm ${reason} for ${order.id}`, async () => {
    const alarms = await waiters.received('kitchen:unattended');
    return alarms.find((alarm) => alarm.orderId === order.id && alarm.reason === reason);
  });

test('without a display, and with one that nobody answers', async () => {
  const guest = await sitDown(service, harbor.tables[0]);
  const unseen = await placeOrder(service, guest.token, orderOf(harbor));
  assert.equal((await alarmFor(unseen, 'no_display')).since, unseen.createdAt);

  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  await database.query('update branches set unattended_after_seconds = 1');
  const ignored = await placeOrder(service, guest.token, orderOf(harbor));
  await alarmFor(ignored, 'unacknowledged');
  const alarms = await waiters.received('kitchen:unattended');
  assert.ok(!alarms.some((alarm) => alarm.orderId === ignored.id && alarm.reason === 'no_display'));
  assert.equal(alarms.filter((alarm) => alarm.orderId === unseen.id && alarm.reason === 'no_display').length, 1);
});
