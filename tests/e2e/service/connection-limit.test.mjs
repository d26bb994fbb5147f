// DB_POOL_SIZE above what the server grants: requests share what there is, and the relay gets its own.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { createRole } from '../support/database.mjs';
import { Device, becomesReady, logIn, logs, orderOf, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const ORDERS = 200;

after(endAll);

test('no order is refused for want of a connection, and each is pushed', async () => {
  const { database, demo } = await createRestaurant();
  const [harbor] = demo.branches;
  const role = await createRole(database, 'connection limit 5');
  const service = await startService(role.url, { DB_POOL_SIZE: '20', HTTP_THREADS: '20' });
  // From the start on, so that the pool has all that is granted before the relay asks for its own.
  const menu = `/v1/branches/${harbor.id}/menu`;
  await Promise.all(Array.from({ length: 60 }, () => request(service, 'GET', menu)));
  await becomesReady(service);
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const guests = await Promise.all(harbor.tables.slice(0, 4).map((table) => sitDown(service, table)));
  const answers = await Promise.all(
    Array.from({ length: ORDERS }, (_, index) =>
      request(service, 'POST', '/v1/orders', { token: guests[index % guests.length].token, body: orderOf(harbor) }),
    ),
  );
  const refused = answers.filter(({ status }) => status !== 201);
  assert.deepEqual(refused.map(({ status, body }) => `${status} ${body.code}`), []);
  await waitUntil('all orders on the display', () => {
    const shown = new Set(display.events.filter(({ event }) => event === 'order:created').map(({ data }) => data.orderId));
    return answers.every(({ body }) => shown.has(body.id));
  });
  await logs(service, '"event":"database_connections_bounded"');
  display.leave();
  await service.stop();
});
