// Whoever did not get the answer to a POST repeats it with its Idempotency-Key: nothing is done twice, on any route.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { openApi } from '../support/openapi.mjs';
import { createRestaurant, startService } from '../support/service.mjs';

let service, restaurant, harbor, cook, waiter, manager, admin, guest;
before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  service = await startService(restaurant.database.url);
  [cook, waiter, manager] = await Promise.all(['KITCHEN', 'WAITER', 'MANAGER'].map((role) => logIn(service, harbor, role)));
  const home = restaurant.demo.branches.find(({ staff }) => staff.some(({ role }) => role === 'ADMIN'));
  admin = await logIn(service, home, 'ADMIN');
  guest = await sitDown(service, harbor.tables[0]);
});
after(endAll);

/** What a request could have written, but for what the service tells by itself. */
async function written() {
  const [row] = await restaurant.database.query(`
    select (select count(*) from events where name not in ('kitchen:stats_update', 'kitchen:unattended')) as events,
      (select md5(string_agg(o::text, '' order by o.id)) from orders o) as orders,
      (select md5(string_agg(i::text, '' order by i.id)) from order_items i) as lines,
      (select md5(string_agg(t::text, '' order by t.id)) from tickets t) as tickets,
      (select md5(string_agg(s::text, '' order by s.id)) from table_sessions s) as sessions,
      (select md5(string_agg(t::text, '' order by t.id)) from tables t) as tables,
      (select count(*) from payments) as payments, (select count(*) from menu_items) as items,
      (select count(*) from staff) as staff, (select count(*) from api_keys) as keys,
      (select count(*) from branches) as branches, (select count(*) from areas) as areas, (select count(*) from stations) as stations,
      (select count(*) from audit_entries) as audit`);
  return row;
}

const order = (branch = harbor) => placeOrder(service, guest.token, orderOf(branch));
const ticketIn = async (status) => {
  const placed = await order();
  const { body } = await request(service, 'GET', `/v1/orders/${placed.id}`, { token: cook });
  const [{ id }] = body.tickets;
  if (status) await request(service, 'PATCH', `/v1/tickets/${id}`, { token: cook, body: { status } });
  return id;
};
const asked = async () => {
  const { id } = await order();
  await request(service, 'POST', `/v1/orders/${id}/cancel-request`, { token: waiter, body: { reason: 'guests left' } });
  return id;
};

/** Path template → what to ask: {path?, token?, body?}. */
const ROWS = {
  '/v1/staff': () => ({
    token: admin,
    body: { name: 'Kim', email: `${randomUUID()}@demo.example`, password: 'long enough', role: 'WAITER', branchId: harbor.id },
  }),
  '/v1/branches': () => ({ token: admin, body: { name: 'Airport', timeZone: 'Europe/Berlin' } }),
  '/v1/branches/{id}/areas': () => ({ path: `/v1/branches/${harbor.id}/areas`, token: manager, body: { name: 'Cellar' } }),
  '/v1/branches/{id}/stations': () => ({ path: `/v1/branches/${harbor.id}/stations`, token: manager, body: { name: 'Pizza' } }),
  '/v1/api-keys': () => ({ token: admin, body: { name: 'front end' } }),
  '/v1/sessions': () => ({ body: { qrToken: harbor.tables[1].qrToken } }),
  '/v1/sessions/{id}/close': async () => {
    const other = await sitDown(service, harbor.tables[2]);
    await placeOrder(service, other.token, orderOf(harbor));
    return { path: `/v1/sessions/${other.session.id}/close`, token: manager, body: { openOrders: 'cancel' } };
  },
  '/v1/branches/{id}/tables': () => ({ path: `/v1/branches/${harbor.id}/tables`, token: manager, body: { number: 'Z9', areaName: 'Roof' } }),
  '/v1/tables/{id}/qr': () => ({ path: `/v1/tables/${harbor.tables[4].id}/qr`, token: manager }),
  '/v1/payments': async () => {
    const other = await sitDown(service, harbor.tables[3]);
    await placeOrder(service, other.token, orderOf(harbor));
    return { token: waiter, body: { sessionId: other.session.id, amount: 1, method: 'cash' } };
  },
  '/v1/branches/{id}/menu/items': () => ({ path: `/v1/branches/${harbor.id}/menu/items`, token: manager, body: { name: 'Crab', price: 900 } }),
  '/v1/orders': () => ({ token: guest.token, body: orderOf(harbor) }),
  '/v1/orders/{id}/items': async () => ({ path: `/v1/orders/${(await order()).id}/items`, token: guest.token, body: orderOf(harbor) }),
  '/v1/orders/{id}/cancel-request': async () => ({
    path: `/v1/orders/${(await order()).id}/cancel-request`, token: waiter, body: { reason: 'guests left' },
  }),
  '/v1/orders/{id}/cancel-request/accept': async () => ({ path: `/v1/orders/${await asked()}/cancel-request/accept`, token: cook }),
  '/v1/orders/{id}/cancel-request/reject': async () => ({
    path: `/v1/orders/${await asked()}/cancel-request/reject`, token: cook, body: { reason: 'too late' },
  }),
  '/v1/tickets/{id}/bump': async () => ({ path: `/v1/tickets/${await ticketIn('ready')}/bump`, token: cook }),
  '/v1/tickets/{id}/recall': async () => ({ path: `/v1/tickets/${await ticketIn('completed')}/recall`, token: cook }),
  '/v1/tickets/{id}/hold': async () => ({ path: `/v1/tickets/${await ticketIn()}/hold`, token: cook }),
  '/v1/tickets/{id}/fire': async () => {
    const id = await ticketIn();
    await request(service, 'POST', `/v1/tickets/${id}/hold`, { token: cook });
    return { path: `/v1/tickets/${id}/fire`, token: cook };
  },
  '/v1/tickets/{id}/rush': async () => ({ path: `/v1/tickets/${await ticketIn()}/rush`, token: cook }),
  '/v1/deliveries/retry': () => ({ token: manager, body: { state: 'dead' } }),
  '/api/orders/create': () => ({ token: guest.token, body: orderOf(harbor) }),
  '/kitchen/order/{id}/status': async () => {
    const { id } = await order();
    await request(service, 'PATCH', `/v1/orders/${id}`, { token: cook, body: { status: 'ready' } });
    return { path: `/kitchen/order/${id}/status`, token: cook, body: { status: 'COOKING' } };
  },
};

/** These write nothing that could be written twice. */
const NOTHING_TWICE = [
  '/v1/staff/login', '/staff/login', '/v1/staff/token', // a token is no row
  '/v1/staff/{id}/sign-out', '/v1/staff/{id}/password', '/v1/staff/me/password', // what has ended ends once more
  '/v1/receipts', // the first report of a device counts
  '/webhooks/pusher', '/webhooks/ably', // known by their own ids
  '/v1/realtime/pusher/auth', '/pusher/auth', '/broadcasting/auth', '/api/pusher/auth',
  '/v1/realtime/pusher/user-auth', '/pusher/user-auth', '/broadcasting/user-auth',
  '/v1/realtime/ably/auth', '/api/ably',
];
/** These are repeated in tests that have what they are about. */
const ELSEWHERE = [
  '/public/order/place', // below
  '/v1/restaurants', // setting-up.test.mjs
  '/v1/deliveries/{delivery}/retry', '/v1/webhooks/{id}/replay', '/v1/webhook-endpoints/{id}/enable',
];

test('every POST of the API is looked at here', () => {
  const ours = Object.keys(openApi.paths).filter((path) => openApi.paths[path].post && !path.startsWith('/apps/'));
  const looked = [...Object.keys(ROWS), ...NOTHING_TWICE, ...ELSEWHERE];
  assert.deepEqual(ours.filter((path) => !looked.includes(path)), []);
});

for (const [template, ask] of Object.entries(ROWS)) {
  test(`POST ${template}, repeated, does nothing twice`, async () => {
    const { path = template, token, body } = await ask();
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await request(service, 'POST', path, { token, body, headers });
    assert.ok(first.status < 300, `${first.status} ${JSON.stringify(first.body)}`);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    const before = await written();
    const again = await request(service, 'POST', path, { token, body, headers });
    assert.equal(again.status, first.status);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal(again.headers.get('etag'), first.headers.get('etag'));
    assert.deepEqual(await written(), before);
    const empty = await request(service, 'POST', path, { token, body, headers: { 'Idempotency-Key': '' } });
    assert.equal(empty.status, 422, JSON.stringify(empty.body));
    assert.deepEqual(empty.body.errors.map(({ field }) => field), ['Idempotency-Key']);
    assert.deepEqual(await written(), before);
  });
}

test('a repeated public order is the first one, with a token to go on with', async () => {
  const body = { qrToken: harbor.tables[5].qrToken, ...orderOf(harbor) };
  const place = (headers) => request(service, 'POST', '/public/order/place', { body, headers });
  const headers = { 'Idempotency-Key': randomUUID() };
  const first = await place(headers);
  assert.equal(first.status, 201);
  const again = await place(headers);
  assert.equal(again.status, 201);
  assert.equal(again.body.id, first.body.id);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  const seen = await request(service, 'GET', '/v1/orders', { token: again.body.sessionToken });
  assert.deepEqual(seen.body.orders.map(({ id }) => id), [first.body.id]);
  // Once the guests have left, it opens no table for them.
  await request(service, 'POST', `/v1/sessions/${first.body.sessionId}/close`, { token: waiter });
  const before = await written();
  const late = await place(headers);
  assert.equal(late.body.id, first.body.id);
  assert.equal(late.body.sessionToken, undefined);
  assert.deepEqual(await written(), before);
});

test('two cooks who recall a ticket at once bring it back one step', async () => {
  const other = await logIn(service, harbor, 'MANAGER');
  for (let round = 0; round < 5; ++round) {
    const id = await ticketIn('completed');
    const recall = (token) => request(service, 'POST', `/v1/tickets/${id}/recall`, { token, headers: { 'Idempotency-Key': randomUUID() } });
    const answers = await Promise.all([recall(cook), recall(other)]);
    assert.ok(answers.every(({ status }) => status === 200 || status === 409), JSON.stringify(answers.map(({ body }) => body)));
    const { body } = await request(service, 'GET', `/v1/tickets/${id}`, { token: cook });
    assert.equal(body.status, 'ready');
    await request(service, 'PATCH', `/v1/orders/${body.orderId}`, { token: cook, body: { status: 'served' } });
  }
});
