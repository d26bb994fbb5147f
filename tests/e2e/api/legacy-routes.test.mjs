// Front-ends written for earlier systems keep working.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, request } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';

let restaurant;
let service;
let harbor;
let oldTown;
let cook;

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  service = await startService(restaurant.database.url);
  cook = await logIn(service, harbor, 'KITCHEN');
});

after(endAll);

async function send(method, path, { status = 200, ...more } = {}) {
  const answer = await request(service, method, path, more);
  assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer;
}

const place = (body, more = {}) => send('POST', '/public/order/place', { body, status: 201, ...more });

test('staff log in where they used to', async () => {
  const { email, password } = harbor.staff.find(({ role }) => role === 'WAITER');
  const { body } = await send('POST', '/staff/login', { body: { email, password } });
  assert.equal(body.role, 'WAITER');
});

test('a guest orders by the QR code alone, and goes on with the session it was given', async () => {
  const display = new Device(service, cook);
  await display.join(`presence-kitchen-${harbor.id}`);
  const [table, neighbour] = harbor.tables;
  const order = { ...orderOf(harbor), customerName: 'Ada', note: 'no ice' };
  const { body: first } = await place({ ...order, qrToken: table.qrToken, deviceId: 'phone-1' });
  assert.deepEqual([first.status, first.customerName, first.note], ['pending', 'Ada', 'no ice']);
  const token = first.sessionToken;

  const headers = { 'Idempotency-Key': 'tap' };
  const { body: second } = await place(order, { token, headers });
  assert.equal(second.sessionId, first.sessionId);
  assert.equal(second.sessionToken, undefined);
  const replay = await place(order, { token, headers });
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');
  assert.deepEqual(replay.body, second);
  const third = await place({ ...order, qrToken: table.qrToken }, { token });
  assert.equal(third.body.sessionId, first.sessionId);
  const created = await send('POST', '/api/orders/create', { token, body: orderOf(harbor), status: 201 });
  assert.equal(created.body.sessionId, first.sessionId);

  const wrong = await place({ ...order, qrToken: neighbour.qrToken }, { token, status: 422 });
  assert.equal(wrong.body.errors[0].field, 'qrToken');
  await place({ ...order, qrToken: 'unknown' }, { status: 404 });
  assert.equal((await place(order, { status: 422 })).body.errors[0].field, 'qrToken');
  const seen = await display.received('order:created', 4);
  assert.deepEqual(seen.map(({ orderId }) => orderId), [first.id, second.id, third.body.id, created.body.id]);
});

test('an order that cannot be placed seats nobody', async () => {
  const table = harbor.tables[5];
  const bad = { items: [{ menuItemId: harbor.menuItems[0].id, quantity: 0 }], qrToken: table.qrToken };
  assert.equal((await place(bad, { status: 422 })).body.errors[0].field, 'items[0].quantity');
  await send('POST', '/v1/sessions', { body: { qrToken: table.qrToken }, status: 201 });
});

test('the kitchen lists and moves orders in its legacy words', async () => {
  const status = (id, word, more = {}) =>
    send(more.method ?? 'PATCH', `/kitchen/order/${id}/status`, { token: cook, body: { status: word }, ...more });
  const branchCook = await logIn(service, oldTown, 'KITCHEN');
  const orders = [];
  for (let i = 0; i < 3; i += 1) {
    orders.push((await place({ ...orderOf(oldTown), qrToken: oldTown.tables[i].qrToken })).body);
  }
  const [one, two, three] = orders;
  const token = branchCook;
  const moved = await status(one.id, 'COOKING', { token });
  assert.deepEqual(moved.body, { orderId: one.id, status: 'SENT', broadcastSent: true });
  assert.equal((await status(two.id, 'READY', { token, method: 'POST' })).body.status, 'READY');
  assert.equal((await status(three.id, 'served', { token })).body.status, 'COMPLETED');
  assert.equal((await status(three.id, 'SENT', { token, status: 409 })).body.currentStatus, 'served');
  await status(one.id, 'READY', { status: 403 });

  const list = async (query) => (await send('GET', `/kitchen/orders${query}`, { token })).body.orders;
  const ids = async (query) => (await list(query)).map(({ orderId }) => orderId);
  assert.deepEqual(await ids('?status=SENT'), [one.id]);
  assert.deepEqual(await ids('?status=ready'), [two.id]);
  assert.deepEqual(await ids('?status=COMPLETED'), [three.id]);
  assert.deepEqual(await ids('?status=CANCELLED'), []);
  assert.deepEqual(await ids(''), [one.id, two.id]);
  assert.deepEqual(await ids(`?status=SENT&branchId=${oldTown.id}`), [one.id]);
  const [shown] = await list('?status=SENT');
  assert.deepEqual(shown, {
    orderId: one.id,
    status: 'SENT',
    table: one.table,
    itemCount: 1,
    timestamp: one.createdAt,
    orderNumber: one.orderNumber,
  });
  await send('GET', '/kitchen/orders?status=boiling', { token, status: 422 });
});

test('an order is changed under its legacy path', async () => {
  const { body } = await place({ ...orderOf(harbor), qrToken: harbor.tables[3].qrToken });
  const changed = await send('PATCH', `/api/orders/${body.id}`, {
    token: cook, body: { status: 'cancelled', reason: 'sold out' },
  });
  assert.equal(changed.body.status, 'cancelled');
});
