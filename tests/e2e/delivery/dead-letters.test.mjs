// A dead letter is seen by those in charge, and reaches the display when they have it sent again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let service;
let harbor;
let oldTown;

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  service = await startService(restaurant.database.url);
});

after(endAll);

test('a dead letter is listed with its reason, and pushed again with its own id and seq', async () => {
  const { database } = restaurant;
  const channel = `kitchen:${harbor.id}`;
  const kitchen = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await kitchen.join(`presence-kitchen-${harbor.id}`);
  const guest = await sitDown(service, harbor.tables[0]);
  await placeOrder(service, guest.token, orderOf(harbor));
  const [first] = await kitchen.received('order:created');
  await placeOrder(service, guest.token, orderOf(harbor));
  await kitchen.received('order:created', 2);
  const ofFirst = `adapter = 'builtin' and channel = '${channel}' and seq = ${first.seq}`;
  await waitUntil('the delivery to be kept', async () => (await database.query(`select 1 from deliveries where ${ofFirst}`)).length === 1);
  // As if the provider had refused it: the built-in server refuses nothing.
  await database.query(`update deliveries set state = 'dead', reason = 'no such app', branch_id = '${harbor.id}' where ${ofFirst}`);

  const manager = await logIn(service, harbor, 'MANAGER');
  const { body } = await request(service, 'GET', '/v1/deliveries', { token: manager });
  assert.equal(body.deliveries.length, 1);
  const [dead] = body.deliveries;
  assert.deepEqual([dead.eventId, dead.seq, dead.via, dead.reason], [first.id, first.seq, 'builtin', 'no such app']);
  const elsewhere = await logIn(service, oldTown, 'MANAGER');
  assert.deepEqual((await request(service, 'GET', '/v1/deliveries', { token: elsewhere })).body.deliveries, []);
  assert.equal((await request(service, 'POST', `/v1/deliveries/${dead.id}/retry`, { token: elsewhere })).status, 404);

  assert.equal((await request(service, 'POST', `/v1/deliveries/${dead.id}/retry`, { token: manager })).status, 202);
  const again = (await kitchen.received('order:created', 3))[2];
  assert.deepEqual(again, first);
  await waitUntil('it to be delivered', async () => (await database.query(`select 1 from deliveries where ${ofFirst} and state = 'delivered'`)).length === 1);
  const settled = await request(service, 'POST', `/v1/deliveries/${dead.id}/retry`, { token: manager });
  assert.deepEqual([settled.status, settled.body.code], [409, 'delivery_settled']);
});

test('adapters show their circuits', async () => {
  const { body } = await request(service, 'GET', '/v1/adapters', { token: await logIn(service, harbor, 'ADMIN') });
  assert.equal(body.mode, 'failover');
  const [builtin] = body.adapters;
  assert.deepEqual([builtin.name, builtin.stream, builtin.inForce, builtin.circuit.state], ['builtin', 'builtin', true, 'closed']);
});
