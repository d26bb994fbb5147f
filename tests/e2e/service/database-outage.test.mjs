// The database goes away and comes back; the service says so, and recovers by itself.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { createDatabaseProxy } from '../support/database.mjs';
import { Device, becomesReady, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let proxy;
let service;
let harbor;

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  proxy = await createDatabaseProxy(restaurant.database.url);
  service = await startService(proxy.url);
});

after(endAll);

test('while the database is away requests get 503 with Retry-After, and all is well when it is back', async () => {
  const cook = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[0]);
  const display = new Device(service, cook);
  await display.join(`presence-kitchen-${harbor.id}`);
  await placeOrder(service, guest.token, orderOf(harbor));
  assert.equal((await request(service, 'GET', '/ready')).status, 200);

  proxy.disconnect();
  const refused = await request(service, 'POST', '/v1/orders', { token: guest.token, body: orderOf(harbor) });
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  assert.equal((await request(service, 'GET', '/ready')).status, 503);
  assert.equal((await request(service, 'GET', '/live')).status, 200);

  proxy.reconnect();
  await becomesReady(service);
  const order = await waitUntil('an order to be accepted', async () => {
    const answer = await request(service, 'POST', '/v1/orders', { token: guest.token, body: orderOf(harbor) });
    return answer.status === 201 && answer.body;
  });
  await waitUntil('its event', () => display.events.some(({ data }) => data.orderId === order.id));
});

test('a service started while the database is away becomes ready when it comes', async () => {
  proxy.disconnect();
  const early = await startService(proxy.url);
  assert.equal((await request(early, 'GET', '/live')).status, 200);
  assert.equal((await request(early, 'GET', '/ready')).status, 503);
  proxy.reconnect();
  await becomesReady(early);
});
