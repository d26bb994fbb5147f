// An order that was accepted is pushed, whatever happens in between.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let harbor;
let port;
let service;

const start = async () => {
  // What is pushed before a display is back would be lost to it: enough time for it on a busy machine.
  service = await startService(restaurant.database.url, { PORT: String(port), BUILTIN_RECONNECT_SECONDS: '60' });
};

/** The orders of `channel` that the outbox holds, in order of seq. */
const recorded = (channel) =>
  restaurant.database.query(
    `select o.seq::int as seq, e.payload->>'orderId' as "orderId" from outbox o join events e on e.id = o.event_id
     where o.channel = $1 and e.name = 'order:created' order by o.seq`,
    [channel],
  );

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  port = await freePort();
  await start();
});

after(endAll);

test('one idempotency key is one order, one event and one answer', async () => {
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const guest = await sitDown(service, harbor.tables[0]);
  const send = (body, key) =>
    request(service, 'POST', '/v1/orders', { token: guest.token, body, headers: { 'Idempotency-Key': key } });

  const first = await send(orderOf(harbor), 'tap-1');
  const again = await send(orderOf(harbor), 'tap-1');
  const other = await send(orderOf(harbor, 2), 'tap-1');
  const storm = await Promise.all(Array.from({ length: 8 }, () => send(orderOf(harbor, 3), 'tap-2')));

  assert.equal(first.status, 201);
  assert.equal(first.headers.get('idempotent-replayed'), null);
  assert.equal(again.status, 201);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.deepEqual(again.body, first.body);
  assert.equal(other.status, 422);
  assert.ok(storm.every(({ status }) => status === 201 || status === 409), 'done, or in use');
  assert.ok(storm.filter(({ status }) => status === 409).every(({ headers }) => headers.get('retry-after') === '1'));
  const stormId = storm.find(({ status }) => status === 201).body.id;
  const last = await placeOrder(service, guest.token, orderOf(harbor));
  await waitUntil('the last order', () => display.events.some(({ data }) => data.orderId === last.id));
  assert.deepEqual(
    display.events.filter(({ event }) => event === 'order:created').map(({ data }) => data.orderId),
    [first.body.id, stormId, last.id],
  );
});

test('one key of two guests is no answer with the other’s order', async () => {
  const [mine, theirs] = [await sitDown(service, harbor.tables[3]), await sitDown(service, harbor.tables[4])];
  const send = ({ token }) =>
    request(service, 'POST', '/v1/orders', { token, body: orderOf(harbor), headers: { 'Idempotency-Key': 'same' } });
  assert.equal((await send(mine)).status, 201);
  const refused = await send(theirs);
  assert.equal(refused.status, 422);
  assert.equal(refused.body.code, 'idempotency_key_reused');
});

test('an order too large for one message is pushed by what identifies it', async () => {
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const guest = await sitDown(service, harbor.tables[5]);
  const line = { menuItemId: harbor.menuItems[0].id, quantity: 1, note: 'ü'.repeat(500) };
  const order = await placeOrder(service, guest.token, { items: Array(100).fill(line) });
  const event = await waitUntil('its event', () => display.events.find(({ data }) => data.orderId === order.id));
  assert.equal(event.data.truncated, true);
  assert.equal(event.data.orderNumber, order.orderNumber);
  const whole = await request(service, 'GET', event.data.href, { token: guest.token });
  assert.equal(whole.body.items.length, 100);
});

test('a display comes back by itself when the service restarts', async () => {
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const before = display.pusher.connection.socket_id;

  const { code } = await service.stop();
  assert.equal(code, 0, 'a stop is a clean end');
  await start();

  await waitUntil('the display to reconnect', () => {
    const { state, socket_id: id } = display.pusher.connection;
    return state === 'connected' && id !== before && display.pusher.channel(`presence-kitchen-${harbor.id}`).subscribed;
  });
  const guest = await sitDown(service, harbor.tables[1]);
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  await waitUntil('the order', () => display.events.some(({ data }) => data.orderId === order.id));
});

test('kill -9 between commit and push loses nothing and keeps the order', async () => {
  const name = `presence-kitchen-${harbor.id}`;
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(name);
  const guest = await sitDown(service, harbor.tables[2]);
  const already = display.events.length;

  // While another session holds the relay's lease this service accepts and commits, and pushes nothing.
  await service.kill();
  const holder = await restaurant.database.connect();
  await waitUntil('the lease', async () => {
    const { rows } = await holder.query("select pg_try_advisory_lock(28784, hashtext('builtin')) as held");
    return rows[0].held;
  });
  await start();
  const placed = [];
  for (let i = 0; i < 20; ++i) placed.push((await placeOrder(service, guest.token, orderOf(harbor, i + 1))).id);
  await service.kill();
  assert.equal(display.events.length, already, 'nothing was pushed before the crash');
  await holder.end();
  await start();

  await waitUntil('every order', () => placed.every((id) => display.events.some(({ data }) => data.orderId === id)));
  const fresh = [...new Map(display.events.slice(already).map((entry) => [entry.data.id, entry])).values()];
  const created = fresh.filter(({ event }) => event === 'order:created');
  assert.deepEqual(created.map(({ data }) => data.orderId), placed, 'in the order they were placed');
  const seqs = fresh.map(({ data }) => data.seq);
  assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i), 'without a gap');
});

test('kill -9 under load: every accepted order is pushed, in order, none invented', async () => {
  const channel = `kitchen:${harbor.id}`;
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const guests = [];
  for (const table of harbor.tables.slice(0, 4)) guests.push(await sitDown(service, table));
  const accepted = [];
  let isOver = false;
  const flood = guests.map(async ({ token }) => {
    while (!isOver) {
      const answer = await request(service, 'POST', '/v1/orders', { token, body: orderOf(harbor) }).catch(() => null);
      if (answer?.status === 201) accepted.push(answer.body.id);
    }
  });
  await waitUntil('orders to flow', () => accepted.length > 40);
  await service.kill();
  isOver = true;
  await Promise.all(flood);
  await start();

  const committed = await recorded(channel);
  const ids = new Set(committed.map(({ orderId }) => orderId));
  assert.ok(accepted.every((id) => ids.has(id)), 'what was accepted is committed');
  const rank = new Map(committed.map(({ orderId }, i) => [orderId, i]));
  await waitUntil('every committed order on the display', () => {
    const seen = new Set(display.events.map(({ data }) => data.orderId));
    return accepted.every((id) => seen.has(id));
  });
  const seen = [...new Map(display.events.filter(({ event }) => event === 'order:created').map((e) => [e.data.id, e])).values()];
  assert.ok(seen.every(({ data }) => ids.has(data.orderId)), 'none invented');
  const ranks = seen.map(({ data }) => rank.get(data.orderId));
  assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b), 'in order of seq');
});
