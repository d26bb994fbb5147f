// What a kitchen's display reads, and the counts that are pushed to it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let service, database, harbor, oldTown, cook;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor, oldTown] = restaurant.demo.branches;
  service = await startService(database.url, { BUILTIN_RECONNECT_SECONDS: '0' });
  cook = await logIn(service, harbor, 'KITCHEN');
});
after(endAll);

const board = async (branch, token) => (await request(service, 'GET', `/v1/branches/${branch.id}/board`, { token })).body;
const ticketsOf = (shown) => shown.stations.flatMap(({ tickets }) => tickets);

test('a display goes on behind its board: what happens after it arrives as an event, and nothing twice', async () => {
  const guest = await sitDown(service, harbor.tables[0]);
  const first = await placeOrder(service, guest.token, orderOf(harbor, 2));
  const shown = await board(harbor, cook);
  assert.deepEqual(ticketsOf(shown).map(({ orderId }) => orderId), [first.id]);
  assert.deepEqual(Object.keys(shown.seq).sort(), [`kitchen:${harbor.id}`, `menu:${harbor.id}`, `tables:${harbor.id}`]);

  const second = await placeOrder(service, guest.token, orderOf(harbor));
  const channel = `kitchen:${harbor.id}`;
  const behind = await request(service, 'GET', `/v1/channels/${channel}/events?after=${shown.seq[channel]}`, { token: cook });
  const created = behind.body.events.filter(({ type }) => type === 'order:created');
  assert.deepEqual(created.map(({ orderId }) => orderId), [second.id]);

  const oneStation = await request(service, 'GET', `/v1/branches/${harbor.id}/board?stationId=${ticketsOf(shown)[0].stationId}`, { token: cook });
  assert.equal(oneStation.body.stations.length, 1);
  assert.equal(oneStation.body.stations[0].tickets.length, 2);
  const { body } = await request(service, 'GET', `/v1/branches/${harbor.id}/all-day`, { token: cook });
  assert.equal(body.items[0].quantity, 3);
  const listed = await request(service, 'GET', '/v1/tickets?status=NEW', { token: cook });
  assert.equal(listed.body.tickets.length, 2);
});

test('counts follow the work: at once, at most once a second, and the last state always', async () => {
  const token = await logIn(service, oldTown, 'KITCHEN');
  const display = new Device(service, token);
  await display.join(`presence-kitchen-${oldTown.id}`);
  const guest = await sitDown(service, oldTown.tables[0]);
  const begin = Date.now();
  const orders = [];
  for (let i = 0; i < 12; i++) orders.push(await placeOrder(service, guest.token, orderOf(oldTown)));
  const last = async (expected) =>
    waitUntil(`counts ${JSON.stringify(expected)}`, async () => {
      const counts = (await display.received('kitchen:stats_update')).at(-1);
      return Object.entries(expected).every(([name, count]) => counts[name] === count) && counts;
    });
  await last({ pending: 12, preparing: 0, ready: 0, total: 12 });
  for (const ticket of ticketsOf(await board(oldTown, token))) {
    await request(service, 'POST', `/v1/tickets/${ticket.id}/bump`, { token });
  }
  await last({ pending: 0, preparing: 0, ready: 0, total: 0 });
  const { body: stats } = await request(service, 'GET', `/v1/branches/${oldTown.id}/kitchen/stats`, { token });
  assert.equal(stats.total, 0);
  const updates = await display.received('kitchen:stats_update');
  assert.ok(updates.length <= 2 + (Date.now() - begin) / 1000, `${updates.length} updates`);
  const times = updates.map(({ occurredAt }) => Date.parse(occurredAt));
  times.slice(1).forEach((time, i) => assert.ok(time - times[i] >= 1000, 'a second between two'));
});

test('counts that a crash kept back are pushed after the next start', async () => {
  const token = await logIn(service, oldTown, 'KITCHEN');
  const guest = await sitDown(service, oldTown.tables[1]);
  await placeOrder(service, guest.token, orderOf(oldTown));
  await service.kill();
  service = await startService(database.url, { BUILTIN_RECONNECT_SECONDS: '0' });
  const channel = `kitchen:${oldTown.id}`;
  await waitUntil('the count of the order', async () => {
    const { body } = await request(service, 'GET', `/v1/channels/${channel}/events?after=0&limit=200`, { token });
    const updates = body.events.filter(({ type }) => type === 'kitchen:stats_update');
    return updates.length > 0 && updates.at(-1).pending === 1;
  });
});
