// A display that was away fetches what it missed, and goes on without a gap or a repeat.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let service;
let harbor;
let oldTown;
let port;

const start = async () => {
  service = await startService(restaurant.database.url, { PORT: String(port) });
};

const eventsOf = (token, channel, query = '') => request(service, 'GET', `/v1/channels/${channel}/events${query}`, { token });

/** All that is behind `after`, page by page. */
async function catchUp(token, channel, after, limit) {
  const events = [];
  for (let next = after; next !== null; ) {
    const { status, body } = await eventsOf(token, channel, `?after=${next}&limit=${limit}`);
    assert.equal(status, 200, JSON.stringify(body));
    events.push(...body.events);
    next = body.next;
  }
  return events;
}

const seqs = (events) => events.map(({ seq }) => seq);

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  port = await freePort();
  await start();
});

after(endAll);

test('a display that was away fetches what it missed and goes on without gap or repeat', async () => {
  const token = await logIn(service, harbor, 'KITCHEN');
  const channel = `kitchen:${harbor.id}`;
  const guest = await sitDown(service, harbor.tables[0]);
  const watching = new Device(service, token);
  await watching.join(`presence-kitchen-${harbor.id}`);
  const away = new Device(service, token);
  await away.join(`presence-kitchen-${harbor.id}`);
  for (let i = 0; i < 2; i++) await placeOrder(service, guest.token, orderOf(harbor));
  const seen = await away.received('order:created', 2);
  away.leave();

  for (let i = 0; i < 5; i++) await placeOrder(service, guest.token, orderOf(harbor));
  const back = new Device(service, token);
  await back.join(`presence-kitchen-${harbor.id}`);
  // It listens again before it asks, so that nothing falls between the two; what comes twice has an id it knows.
  await placeOrder(service, guest.token, orderOf(harbor));
  const missed = await catchUp(token, channel, seen.at(-1).seq, 2);
  const last = await placeOrder(service, guest.token, orderOf(harbor));
  await waitUntil('the last order', () => back.events.some(({ data }) => data.orderId === last.id));

  const known = new Map();
  for (const event of [...seen, ...missed, ...back.events.map(({ data }) => data)]) known.set(event.id, event);
  const all = [...known.values()].sort((one, other) => one.seq - other.seq);
  const orders = all.filter(({ type }) => type === 'order:created');
  assert.deepEqual(orders, await watching.received('order:created', 9), 'the very documents that were pushed');
  const behind = seqs(all).filter((seq) => seq > seen.at(-1).seq); // with the kitchen's counts between them
  assert.deepEqual(behind, Array.from(behind, (_, i) => behind[0] + i), 'no gap, no repeat');
  assert.equal(behind[0], seen.at(-1).seq + 1);
});

test('the documented snippet brings an unmodified pusher-js up to date after an outage', async () => {
  const text = await readFile(new URL('../../../docs/realtime.md', import.meta.url), 'utf8');
  const snippet = text.match(/```js\n(let last = [^]*?)```/)[1];
  const token = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[3]);
  const device = new Device(service, token);
  const channel = await device.join(`presence-kitchen-${harbor.id}`);
  const board = (await request(service, 'GET', `/v1/branches/${harbor.id}/board`, { token })).body;
  const begin = board.seq[`kitchen:${harbor.id}`];
  const known = new Map();
  const show = (event) => known.set(event.id, event);
  channel.bind_global((name, event) => event?.seq && show(event));
  new Function('channel', 'board', 'service', 'branchId', 'headers', 'show', snippet)(
    channel, board, service.url, harbor.id, { Authorization: `Bearer ${token}` }, show);
  const orders = [(await placeOrder(service, guest.token, orderOf(harbor))).id];
  await waitUntil('the first order', () => [...known.values()].some(({ orderId }) => orderId === orders[0]));

  await service.stop();
  await start();
  // Pushed while the display is away.
  for (let i = 0; i < 5; ++i) orders.push((await placeOrder(service, guest.token, orderOf(harbor))).id);
  const isKnown = (id) => [...known.values()].some(({ type, orderId }) => type === 'order:created' && orderId === id);
  await waitUntil('what was missed', () => orders.every(isKnown));
  const all = [...known.values()].map(({ seq }) => seq).filter((seq) => seq > begin).sort((one, other) => one - other);
  assert.deepEqual(all, all.map((_, i) => begin + 1 + i), 'no gap');
  device.leave();
});

test('guests, other roles and other branches are refused, as they are for subscriptions', async () => {
  const guest = await sitDown(service, harbor.tables[1]);
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  const stranger = await sitDown(service, harbor.tables[2]);
  const waiter = await logIn(service, harbor, 'WAITER');
  const otherCook = await logIn(service, oldTown, 'KITCHEN');
  const statusOf = async (token, channel) => (await eventsOf(token, channel)).status;

  assert.equal(await statusOf(guest.token, `kitchen:${harbor.id}`), 403);
  assert.equal(await statusOf(waiter, `kitchen:${harbor.id}`), 403);
  assert.equal(await statusOf(otherCook, `kitchen:${harbor.id}`), 403);
  assert.equal(await statusOf(stranger.token, `order:${order.id}`), 403);
  assert.equal(await statusOf(guest.token, `order:${order.id}`), 200);
  assert.equal(await statusOf(guest.token, encodeURIComponent(`session:${guest.session.id}`)), 200);
  assert.equal(await statusOf(undefined, `kitchen:${harbor.id}`), 401);
  assert.equal(await statusOf(undefined, `menu:${harbor.id}`), 200);
  assert.equal(await statusOf(waiter, 'kitchen:00000000-0000-7000-8000-000000000000'), 404);
});

test('what is too old is removed by a running service, and asking for it is gone', async () => {
  const token = await logIn(service, oldTown, 'KITCHEN');
  const channel = `kitchen:${oldTown.id}`;
  await service.stop();
  // An event of long ago: the first 48 bits of its id are its time.
  const id = '019234ab-0000-7000-8000-000000000001';
  const { database } = restaurant;
  await database.query(`insert into events values ($1, 'order:created', '{}', '2024-09-27T00:00:00Z')`, [id]);
  await database.query('insert into outbox values ($1, 1, $2)', [channel, id]);
  await database.query('insert into channel_counters values ($1, 1, false)', [channel]);
  await database.query(`insert into deliveries values ('builtin', $1, 1, 'delivered', 1, null, null, now())`, [channel]);
  await start();
  await waitUntil('the old event to go', async () => (await database.query('select 1 from events where id = $1', [id])).length === 0);

  const gone = await eventsOf(token, channel);
  assert.equal(gone.status, 410);
  assert.equal(gone.body.code, 'events_gone');
  assert.deepEqual([gone.body.oldestSeq, gone.body.lastSeq], [2, 1]);
  const guest = await sitDown(service, oldTown.tables[0]);
  const order = await placeOrder(service, guest.token, orderOf(oldTown));
  const [placed, ...counts] = (await eventsOf(token, channel, '?after=1')).body.events;
  assert.equal(placed.seq, 2);
  assert.equal(placed.orderId, order.id);
  // The kitchen's count follows within milliseconds of the push: it may be there already.
  assert.deepEqual(counts.map(({ type, seq }) => [type, seq]), counts.map((_, i) => ['kitchen:stats_update', 3 + i]));
});
