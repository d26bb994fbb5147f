// Bad input gets a clear problem document, and changes nothing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let service;
let harbor;
let oldTown;
let guest;
let cook;

const NOBODY = '00000000-0000-7000-8000-000000000000';

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  service = await startService(restaurant.database.url);
  guest = await sitDown(service, harbor.tables[0]);
  cook = await logIn(service, harbor, 'KITCHEN');
});

after(endAll);

const countOrders = async () => (await restaurant.database.query('select count(*)::int as n from orders'))[0].n;

function assertProblem(answer, status, field) {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  assert.equal(answer.body.status, status);
  assert.ok(answer.body.code && answer.body.title, 'code and title');
  assert.equal(answer.headers.get('x-request-id'), answer.body.requestId);
  if (field) assert.ok(answer.body.errors.some((error) => error.field === field), JSON.stringify(answer.body));
}

test('an order with anything wrong in it is refused, naming the field, and nothing is written', async () => {
  const item = harbor.menuItems[0].id;
  const line = (more) => ({ items: [{ menuItemId: item, quantity: 1, ...more }] });
  const before = await countOrders();
  await restaurant.database.query('update menu_items set is_available = false where id = $1', [harbor.menuItems[1].id]);
  for (const [body, field] of [
    [{ items: [] }, 'items'],
    [{}, 'items'],
    [{ items: 'x' }, 'items'],
    [line({ quantity: 0 }), 'items[0].quantity'],
    [line({ quantity: -1 }), 'items[0].quantity'],
    [line({ quantity: 1_000_000 }), 'items[0].quantity'],
    [line({ quantity: 1.5 }), 'items[0].quantity'],
    [line({ quantity: '1' }), 'items[0].quantity'],
    [line({ price: 1 }), 'items[0].price'],
    [line({ note: 7 }), 'items[0].note'],
    [line({ note: 'x'.repeat(501) }), 'items[0].note'],
    [{ ...line({}), totalAmount: 1 }, 'totalAmount'],
    [{ items: [{ menuItemId: NOBODY, quantity: 1 }] }, 'items[0].menuItemId'],
    [{ items: [{ menuItemId: 'x', quantity: 1 }] }, 'items[0].menuItemId'],
    [{ items: [{ menuItemId: harbor.menuItems[1].id, quantity: 1 }] }, 'items[0].menuItemId'],
    [{ items: [{ menuItemId: oldTown.menuItems[0].id, quantity: 1 }] }, 'items[0].menuItemId'],
  ]) {
    assertProblem(await request(service, 'POST', '/v1/orders', { token: guest.token, body }), 422, field);
  }
  assert.equal(await countOrders(), before);
});

test('bodies that are no JSON, too deep or too large are refused', async () => {
  const send = (raw, headers) =>
    request(service, 'POST', '/v1/orders', { token: guest.token, raw, headers: { 'Content-Type': 'application/json', ...headers } });
  assertProblem(await send('{"items":'), 400);
  assertProblem(await send(''), 400);
  assertProblem(await send('['.repeat(100_000)), 400);
  assertProblem(await send('{"items":"\xff"}'.slice(0, 11)), 400);
  assertProblem(await send('[]'), 422);
  assertProblem(await send('{}', { 'Content-Type': 'text/plain' }), 415);
  const large = await send(JSON.stringify({ note: 'x'.repeat(2_000_000) }));
  assert.equal(large.status, 413);
});

test('credentials that prove nothing are 401, those of others 403', async () => {
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  const neighbour = await sitDown(service, harbor.tables[1]);
  const farCook = await logIn(service, oldTown, 'KITCHEN');
  const read = (token) => request(service, 'GET', `/v1/orders/${order.id}`, { token });
  assert.equal((await read(guest.token)).status, 200);
  assert.equal((await read(cook)).status, 200);
  assert.equal((await read(restaurant.demo.apiKey)).status, 200);
  for (const token of [undefined, 'opst_unknown', 'opak_unknown', 'x.y.z', `${cook}x`]) assertProblem(await read(token), 401);
  for (const token of [neighbour.token, farCook]) assertProblem(await read(token), 403);
  assertProblem(await request(service, 'PATCH', `/v1/orders/${order.id}`, { token: guest.token, body: { status: 'ready' } }), 403);
  assertProblem(
    await request(service, 'POST', '/v1/orders', {
      token: neighbour.token,
      body: { ...orderOf(harbor), sessionId: guest.session.id },
    }),
    403,
  );
  assertProblem(await request(service, 'POST', '/v1/staff/login', { body: { email: 'nobody@demo.example', password: 'x' } }), 401);
});

test('unknown ids are 404, and so are those of another restaurant', async () => {
  const [{ id: foreign }] = await restaurant.database.query(
    `with r as (insert into restaurants (id, name, currency, created_at) values (gen_random_uuid(), 'Elsewhere', 'EUR', now()) returning id)
     insert into branches (id, restaurant_id, name, created_at)
     select gen_random_uuid(), id, 'Elsewhere', now() from r returning id`,
  );
  const admin = await logIn(service, harbor, 'ADMIN');
  for (const path of [`/v1/orders/${NOBODY}`, '/v1/orders/7', `/v1/sessions/${NOBODY}`, `/v1/orders?branchId=${foreign}`, '/v1/nothing']) {
    assertProblem(await request(service, 'GET', path, { token: admin }), 404);
  }
  assertProblem(await request(service, 'GET', `/v1/branches/${NOBODY}/menu`), 404);
  assertProblem(await request(service, 'POST', '/v1/sessions', { body: { qrToken: 'unknown' } }), 404);
  assertProblem(await request(service, 'DELETE', `/v1/orders/${NOBODY}`, { token: admin }), 405);
});

test('an id of another restaurant cannot be distinguished from one that does not exist', async () => {
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  const [{ id: rival }] = await restaurant.database.query("select id from restaurants where name = 'Elsewhere'");
  await restaurant.database.query('update api_keys set restaurant_id = $1', [rival]);
  const look = async (id) => {
    const { status, body } = await request(service, 'GET', `/v1/orders/${id}`, { token: restaurant.demo.apiKey });
    return { ...body, status, requestId: null };
  };
  assert.deepEqual(await look(order.id), await look(NOBODY));
  assert.equal((await look(order.id)).status, 404);
});

test('an illegal move is 409 and says where the order stands', async () => {
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  const move = (status) => request(service, 'PATCH', `/v1/orders/${order.id}`, { token: cook, body: { status } });
  assert.equal((await move('served')).status, 200);
  const refused = await move('pending');
  assertProblem(refused, 409);
  assert.equal(refused.body.currentStatus, 'served');
  assertProblem(await move('eaten'), 422, 'status');
});

test('the token of a closed session is no longer good', async () => {
  const late = await sitDown(service, harbor.tables[3]);
  await restaurant.database.query("update table_sessions set closed_at = now() where id = $1", [late.session.id]);
  const refused = await request(service, 'POST', '/v1/orders', { token: late.token, body: orderOf(harbor) });
  assertProblem(refused, 401);
  assert.equal(refused.body.code, 'session_closed');
});

test('browsers of allowed origins may call, others get no CORS header', async () => {
  const shop = await startService(restaurant.database.url, { CORS_ALLOWED_ORIGINS: 'https://shop-*-team.vercel.app' });
  const preflight = (origin) =>
    request(shop, 'OPTIONS', '/v1/orders', {
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' },
    });
  const allowed = await preflight('https://shop-git-main-team.vercel.app');
  assert.equal(allowed.status, 204);
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://shop-git-main-team.vercel.app');
  const refused = await preflight('https://evil.vercel.app');
  assert.equal(refused.headers.get('access-control-allow-origin'), null);
  const names = (line) => line.includes('https://evil.vercel.app') && line.includes('CORS_ALLOWED_ORIGINS');
  await waitUntil('a log line that names origin and setting', () => shop.lines.some(names));
});
