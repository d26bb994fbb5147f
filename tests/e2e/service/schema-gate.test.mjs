// Until the schema is known to be current nothing is accepted that nobody would be told of.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { createDatabase, createDatabaseProxy, createRole } from '../support/database.mjs';
import { Device, becomesReady, logIn, logs, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { commandEnvironment, createRestaurant, runCommand, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let harbor;
before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
});
after(endAll);


async function isPushed(service, guestToken) {
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const order = await placeOrder(service, guestToken, orderOf(harbor));
  await waitUntil('the order', () => display.events.some(({ data }) => data.orderId === order.id));
  display.leave();
}

test('a current schema takes no right to create', async () => {
  const role = await createRole(restaurant.database);
  const service = await startService(role.url);
  await becomesReady(service);
  await isPushed(service, (await sitDown(service, harbor.tables[0])).token);
  await service.stop();
});

test('a migration that is due and not allowed ends the start with the reason', async () => {
  const empty = await createDatabase();
  const role = await createRole(empty);
  for (const command of ['serve', 'migrate']) {
    const { code, stderr } = await runCommand([command], commandEnvironment(role.url));
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^orderpush: .*permission denied/m);
  }
});

test('a role that may not read the migrations ends the start with the reason', async () => {
  const role = await createRole(restaurant.database);
  await restaurant.database.query(`revoke select on schema_migrations from ${role.name}`);
  for (const setting of ['true', 'false']) {
    const { code, stderr } = await runCommand(['serve'], commandEnvironment(role.url, { MIGRATE_ON_START: setting }));
    assert.equal(code, 2, stderr);
    assert.match(stderr, /permission denied/);
  }
});

test('while the gate is shut writes are 503, reads are served, and then all is well', async () => {
  const early = await startService(restaurant.database.url);
  await becomesReady(early);
  const guest = await sitDown(early, harbor.tables[1]);
  await early.stop();

  const proxy = await createDatabaseProxy(restaurant.database.url);
  proxy.disconnect();
  // Requests reach the database; the sessions of migrations and of the relay do not.
  const service = await startService(restaurant.database.url, { DATABASE_DIRECT_URL: proxy.url });
  const ready = await waitUntil('the reason', async () => {
    const answer = await request(service, 'GET', '/ready');
    return answer.body.code === 'database_unavailable' && answer;
  });
  assert.equal(ready.status, 503);
  const cook = await logIn(service, harbor, 'KITCHEN');
  assert.equal((await request(service, 'GET', `/v1/branches/${harbor.id}/board`, { token: cook })).status, 200);
  const refused = await request(service, 'POST', '/v1/orders', { token: guest.token, body: orderOf(harbor) });
  assert.equal(refused.status, 503);
  assert.equal(refused.body.code, 'schema_not_ready');
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  assert.equal((await request(service, 'POST', '/v1/sessions', { body: { qrToken: harbor.tables[2].qrToken } })).status, 503);
  await logs(service, '"event":"schema_waiting","reason":"database_unavailable"');

  proxy.reconnect();
  await becomesReady(service);
  await isPushed(service, guest.token);
  await service.stop();
});
