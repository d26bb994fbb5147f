// What staff do besides orders: tables, menu, payments, staff and keys, as the front-end and the devices see it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let service;
let harbor;
let admin;
let manager;
let waiter;

const call = async (method, path, options, expected) => {
  const answer = await request(service, method, path, options);
  assert.equal(answer.status, expected, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer;
};

/** The states of one table that a device received, in order. */
const statesOf = (device, table) =>
  device.events.filter(({ event, data }) => event === 'table:updated' && data.tableId === table).map(({ data }) => data.status);

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  service = await startService(restaurant.database.url);
  manager = await logIn(service, harbor, 'MANAGER');
  waiter = await logIn(service, harbor, 'WAITER');
  const seller = restaurant.demo.branches.find((branch) => branch.staff.some(({ role }) => role === 'ADMIN'));
  admin = await logIn(service, seller, 'ADMIN');
});

after(endAll);

test('a table lives from free to occupied, to be cleaned, to free, and a closed session’s token is dead', async () => {
  const display = new Device(service, waiter);
  await display.join(`private-tables-${harbor.id}`);
  const made = await call('POST', `/v1/branches/${harbor.id}/tables`, {
    token: manager,
    body: { number: 'E1', areaName: 'Roof' },
  }, 201);
  const table = made.body;
  assert.equal(table.status, 'free');
  assert.equal(table.table, 'Roof - E1');
  const guest = await sitDown(service, table);
  await placeOrder(service, guest.token, orderOf(harbor));
  await call('PATCH', `/v1/tables/${table.id}`, { token: waiter, body: { status: 'free' } }, 409);

  const closed = await call('POST', `/v1/sessions/${guest.session.id}/close`, { token: waiter }, 200);
  assert.equal(closed.body.session.status, 'closed');
  assert.equal(closed.body.orders.length, 1);
  await call('POST', `/v1/sessions/${guest.session.id}/close`, { token: waiter }, 200);
  const late = await call('GET', `/v1/sessions/${guest.session.id}`, { token: guest.token }, 401);
  assert.equal(late.body.code, 'session_closed');
  const cleaned = await call('PATCH', `/v1/tables/${table.id}`, { token: waiter, body: { status: 'free' } }, 200);
  assert.equal(cleaned.body.qrToken, undefined, 'a waiter does not see the code');

  await display.received('session:closed');
  await display.received('table:updated', 4);
  assert.deepEqual(statesOf(display, table.id), ['free', 'occupied', 'needs-cleaning', 'free']);
  const { body } = await call('GET', `/v1/branches/${harbor.id}/tables`, { token: manager }, 200);
  const listed = body.tables.find(({ id }) => id === table.id);
  assert.equal(listed.status, 'free');
  assert.equal(listed.qrToken, table.qrToken);
});

test('a new QR code ends the old one', async () => {
  const table = harbor.tables[0];
  const renewed = await call('POST', `/v1/tables/${table.id}/qr`, { token: manager }, 201);
  assert.notEqual(renewed.body.qrToken, table.qrToken);
  const old = await call('POST', '/v1/sessions', { body: { qrToken: table.qrToken } }, 404);
  assert.equal(old.body.code, 'qr_token_unknown');
  await sitDown(service, renewed.body);
});

test('what is sold out reaches the guests and can no longer be ordered', async () => {
  const guest = await sitDown(service, harbor.tables[1]);
  const phone = new Device(service, guest.token);
  await phone.join(`menu-${harbor.id}`);
  const made = await call('POST', `/v1/branches/${harbor.id}/menu/items`, {
    token: manager,
    body: { name: 'Lobster', price: 4900 },
  }, 201);
  const lobster = made.body;
  await placeOrder(service, guest.token, orderOf(harbor, 1, lobster));
  await call('PATCH', `/v1/menu/items/${lobster.id}`, { token: waiter, body: { available: false } }, 403);
  await call('PATCH', `/v1/menu/items/${lobster.id}`, { token: manager, body: { available: false } }, 200);

  const changes = await phone.received('menu:updated', 2);
  assert.deepEqual(changes.map(({ change }) => change), ['created', 'unavailable']);
  assert.deepEqual(changes.map(({ menuItemId }) => menuItemId), [lobster.id, lobster.id]);
  const refused = await call('POST', '/v1/orders', { token: guest.token, body: orderOf(harbor, 1, lobster) }, 422);
  assert.equal(refused.body.code, 'invalid_fields');
});

test('paying ends nothing while something is to be served; a finished session closes by itself', async () => {
  const display = new Device(service, waiter);
  await display.join(`presence-waiters-${harbor.id}`);
  const guest = await sitDown(service, harbor.tables[3]);
  const first = await placeOrder(service, guest.token, orderOf(harbor, 1));
  const pay = (amount) => call('POST', '/v1/payments', { token: waiter, body: { sessionId: guest.session.id, amount, method: 'card' } }, 201);
  const serve = ({ id }) => call('PATCH', `/v1/orders/${id}`, { token: waiter, body: { status: 'served' } }, 200);
  assert.equal((await pay(first.finalAmount)).body.sessionClosed, false);
  const open = await call('GET', `/v1/sessions/${guest.session.id}`, { token: guest.token }, 200);
  assert.equal(open.body.session.status, 'open');
  assert.equal(open.body.bill.outstandingAmount, 0);
  await serve(first);
  // A friend joins, and they order once more.
  const friend = await sitDown(service, harbor.tables[3]);
  assert.equal(friend.session.id, guest.session.id);
  const second = await placeOrder(service, friend.token, orderOf(harbor, 2));
  await serve(second);
  assert.equal((await pay(second.finalAmount)).body.sessionClosed, false);
  const later = (minutes) => `- interval '${minutes} minutes'`;
  await restaurant.database.query(`update payments set paid_at = paid_at ${later(11)} where session_id = $1`, [guest.session.id]);
  await restaurant.database.query(`update orders set updated_at = updated_at ${later(11)} where session_id = $1`, [guest.session.id]);
  const closing = ({ event, data }) => event === 'session:closed' && data.sessionId === guest.session.id;
  await waitUntil('the session to close by itself', () => display.events.some(closing));
  assert.equal(display.events.find(closing).data.reason, 'settled');
  await call('GET', '/v1/orders', { token: guest.token }, 401);
  await call('GET', `/v1/sessions/${guest.session.id}/bill`, { token: guest.token }, 200);
});

test('what is ready stays on the floor after its session was closed by hand, until it is served', async () => {
  const guest = await sitDown(service, harbor.tables[4]);
  const order = await placeOrder(service, guest.token, orderOf(harbor, 1));
  await call('PATCH', `/v1/orders/${order.id}`, { token: manager, body: { status: 'ready' } }, 200);
  const closed = await call('POST', `/v1/sessions/${guest.session.id}/close`, { token: waiter }, 200);
  assert.equal(closed.body.session.status, 'closed');
  const floor = async () => (await call('GET', `/v1/branches/${harbor.id}/floor`, { token: waiter }, 200)).body;
  assert.ok((await floor()).orders.some(({ id }) => id === order.id));
  assert.ok(!(await floor()).sessions.some(({ id }) => id === guest.session.id));
  await call('PATCH', `/v1/orders/${order.id}`, { token: waiter, body: { status: 'served' } }, 200);
  assert.ok(!(await floor()).orders.some(({ id }) => id === order.id));
});

test('payments in parts settle the bill, which closes the session where the branch has that; too much is refused', async () => {
  await restaurant.database.query("update branches set close_sessions = 'settled' where id = $1", [harbor.id]);
  const display = new Device(service, waiter);
  await display.join(`presence-waiters-${harbor.id}`);
  const guest = await sitDown(service, harbor.tables[2]);
  const order = await placeOrder(service, guest.token, orderOf(harbor, 2));
  const first = { sessionId: guest.session.id, amount: 100, method: 'cash' };
  const headers = { 'Idempotency-Key': randomUUID() };
  const paid = await call('POST', '/v1/payments', { token: waiter, body: first, headers }, 201);
  assert.equal(paid.body.sessionClosed, false);
  assert.deepEqual(paid.body.orderIds, [order.id]);
  const again = await call('POST', '/v1/payments', { token: waiter, body: first, headers }, 201);
  assert.deepEqual(again.body, paid.body);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');

  const rest = order.finalAmount - 100;
  const { body } = await call('GET', `/v1/sessions/${guest.session.id}`, { token: guest.token }, 200);
  assert.equal(body.bill.paidAmount, 100);
  assert.equal(body.bill.outstandingAmount, rest);
  assert.deepEqual(body.payments, [paid.body]);
  const refused = await call('POST', '/v1/payments', { token: waiter, body: { ...first, amount: rest + 1 } }, 409);
  assert.equal(refused.body.code, 'overpayment');
  assert.equal(refused.body.outstandingAmount, rest);

  const last = await call('POST', '/v1/payments', { token: waiter, body: { ...first, amount: rest, method: 'card' } }, 201);
  assert.equal(last.body.sessionClosed, true);
  await call('GET', '/v1/orders', { token: guest.token }, 401);
  const shown = await call('GET', `/v1/payments/${last.body.id}`, { token: waiter }, 200);
  assert.deepEqual(shown.body, last.body);
  const payments = await display.received('payment:completed', 2);
  assert.deepEqual(payments.map(({ paymentId }) => paymentId), [paid.body.id, last.body.id]);
  const closing = ({ event, data }) => event === 'session:closed' && data.sessionId === guest.session.id;
  await waitUntil('the session to be closed on the display', () => display.events.some(closing));
  await restaurant.database.query("update branches set close_sessions = 'served' where id = $1", [harbor.id]);
});

test('staff hired by an ADMIN log in; an address is taken once', async () => {
  const person = { name: 'New Cook', email: 'new.cook@example.com', password: 'a long password', role: 'KITCHEN', branchId: harbor.id };
  await call('POST', '/v1/staff', { token: waiter, body: person }, 403);
  const hired = await call('POST', '/v1/staff', { token: admin, body: person }, 201);
  assert.equal(hired.body.password, undefined);
  const { email, password } = person;
  const entered = await call('POST', '/v1/staff/login', { body: { email, password } }, 200);
  assert.equal(entered.body.staffId, hired.body.id);
  await call('GET', '/v1/orders', { token: entered.body.token }, 200);
  const taken = await call('POST', '/v1/staff', { token: admin, body: { ...person, email: email.toUpperCase() } }, 409);
  assert.equal(taken.body.code, 'email_taken');
});

test('an API key works until it is revoked, and no secret is kept in clear', async () => {
  const headers = { 'Idempotency-Key': randomUUID() };
  const made = await call('POST', '/v1/api-keys', { token: admin, body: { name: 'shop' }, headers }, 201);
  const { id, key } = made.body;
  assert.match(key, /^opak_/);
  const again = await call('POST', '/v1/api-keys', { token: admin, body: { name: 'shop' }, headers }, 201);
  assert.deepEqual(again.body, made.body);
  const asShop = { headers: { 'X-API-Key': key } };
  await call('GET', `/v1/branches/${harbor.id}/tables`, asShop, 200);

  const seat = { body: { qrToken: harbor.tables[3].qrToken }, headers: { 'Idempotency-Key': randomUUID() } };
  const seated = await call('POST', '/v1/sessions', seat, 201);
  const replayed = await call('POST', '/v1/sessions', seat, 201);
  assert.deepEqual(replayed.body, seated.body);
  assert.equal(replayed.headers.get('idempotent-replayed'), 'true');
  const kept = await restaurant.database.query('select body, request_hash from idempotency_keys');
  assert.ok(kept.length >= 2);
  for (const { body } of kept) {
    assert.ok(!body.includes(key) && !body.includes(seated.body.token));
  }

  const listed = await call('GET', '/v1/api-keys', { token: admin }, 200);
  assert.deepEqual(listed.body.apiKeys.find((row) => row.id === id), { id, name: 'shop', createdAt: made.body.createdAt });
  await call('DELETE', `/v1/api-keys/${id}`, { token: admin }, 204);
  await call('DELETE', `/v1/api-keys/${id}`, { token: admin }, 204);
  await call('DELETE', `/v1/api-keys/${randomUUID()}`, { token: admin }, 404);
  await call('GET', `/v1/branches/${harbor.id}/tables`, asShop, 401);
});

test('secrets of log-ins rotate: old tokens stay good until their secret is taken away', async () => {
  const [old, next] = ['o', 'n'].map((letter) => letter.repeat(40));
  const kidOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;
  const startWith = (secrets) => startService(restaurant.database.url, { JWT_SECRET: secrets });
  const first = await startWith(`a:${old}`);
  const early = await logIn(first, harbor, 'WAITER');
  const seat = { body: { qrToken: harbor.tables[1].qrToken }, headers: { 'Idempotency-Key': randomUUID() } };
  const seated = await request(first, 'POST', '/v1/sessions', seat);
  await first.stop();

  const rotated = await startWith(`b:${next},a:${old}`);
  const late = await logIn(rotated, harbor, 'WAITER');
  assert.deepEqual([kidOf(early), kidOf(late)], ['a', 'b']);
  for (const token of [early, late]) {
    assert.equal((await request(rotated, 'GET', '/v1/orders', { token })).status, 200);
  }
  const replayed = await request(rotated, 'POST', '/v1/sessions', seat);
  assert.equal(replayed.status, seated.status);
  assert.deepEqual(replayed.body, seated.body);
  await rotated.stop();

  const last = await startWith(`b:${next}`);
  assert.equal((await request(last, 'GET', '/v1/orders', { token: early })).status, 401);
  assert.equal((await request(last, 'GET', '/v1/orders', { token: late })).status, 200);
  await last.stop();
});
