// The server has no room for what is written: /ready says so, and the log stays small.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { logs, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const REQUESTS = 300;

after(endAll);

test('while the disk is full orders are 503, /ready tells it, few lines are logged, and then all is well', async () => {
  const { database, demo } = await createRestaurant();
  const [harbor] = demo.branches;
  const service = await startService(database.url);
  const isReady = async () => (await request(service, 'GET', '/ready')).status === 200;
  await waitUntil('/ready', isReady);
  const guest = await sitDown(service, harbor.tables[0]);
  const order = () => request(service, 'POST', '/v1/orders', { token: guest.token, body: orderOf(harbor) });
  // As the server fails when it cannot extend the table's file.
  await database.query(`create function no_room() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file "base/1/2": No space left on device' using errcode = '53100'; end $$`);
  await database.query('create trigger no_room before insert on orders for each statement execute function no_room()');
  for (let i = 0; i < REQUESTS; i += 10) {
    for (const { status, headers, body } of await Promise.all(Array.from({ length: 10 }, order))) {
      assert.equal(status, 503);
      assert.equal(body.code, 'database_full');
      assert.ok(Number(headers.get('retry-after')) >= 1);
    }
  }
  const ready = await request(service, 'GET', '/ready');
  assert.equal(ready.status, 503);
  assert.equal(ready.body.code, 'database_full');
  await logs(service, 'request_failed');
  const logged = service.lines.filter((line) => line.includes('request_failed'));
  assert.ok(logged.length > 0 && logged.length <= REQUESTS / 3, `${logged.length} lines`);

  await database.query('drop trigger no_room on orders');
  await placeOrder(service, guest.token, orderOf(harbor));
  assert.ok(await isReady());
  await service.stop();
});
