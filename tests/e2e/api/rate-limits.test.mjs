// Nobody takes the service from the others: rate limits, and who counts as one client.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { logIn, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

let restaurant;
let harbor;
before(async () => {
  restaurant = await createRestaurant({ guestOrdersMax: 20 });
  [harbor] = restaurant.demo.branches;
});
after(endAll);

const menu = (service, client) =>
  request(service, 'GET', `/v1/branches/${harbor.id}/menu`, { headers: client ? { 'X-Forwarded-For': client } : {} });

function assertLimited(answer, code) {
  assert.equal(answer.status, 429, JSON.stringify(answer.body));
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  assert.equal(answer.body.code, code);
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
}

test('one client is refused, others behind the same proxy and health checks are not', async () => {
  const service = await startService(restaurant.database.url, { RATE_LIMIT_ADDRESS_PER_MINUTE: '3', TRUSTED_PROXIES: '127.0.0.0/8' });
  for (const left of [2, 1, 0]) {
    const answer = await menu(service, '198.51.100.1');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('ratelimit-policy'), '"address";q=3;w=60');
    assert.match(answer.headers.get('ratelimit'), new RegExp(`^"address";r=${left};t=\\d+$`));
  }
  assertLimited(await menu(service, '10.1.1.1, 198.51.100.1'), 'rate_limited');
  assert.equal((await menu(service, '198.51.100.2')).status, 200);
  assert.equal((await menu(service)).status, 200);
  for (let i = 0; i < 5; ++i) assert.equal((await request(service, 'GET', '/ready')).status, 200);
});

test('a proxy that is not in the settings is hinted at in the log', async () => {
  const service = await startService(restaurant.database.url);
  assert.equal((await menu(service, '198.51.100.1')).status, 200);
  await waitUntil('a line that names the setting', () => service.lines.some((line) => line.includes('"setting":"TRUSTED_PROXIES"')));
});

test('a caller and an API key have limits of their own', async () => {
  const service = await startService(restaurant.database.url, {
    RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
    RATE_LIMIT_CALLER_PER_MINUTE: '2',
    RATE_LIMIT_API_KEY_PER_MINUTE: '1',
  });
  const first = await sitDown(service, harbor.tables[0]);
  const second = await sitDown(service, harbor.tables[0]);
  const look = (token) => request(service, 'GET', '/v1/orders', { token });
  for (const guest of [first, second]) {
    assert.equal((await look(guest.token)).status, 200);
    assert.equal((await look(guest.token)).headers.get('ratelimit-remaining'), '0');
    assertLimited(await look(guest.token), 'rate_limited');
  }
  const own = () => request(service, 'GET', `/v1/orders?branchId=${harbor.id}`, { headers: { 'X-API-Key': restaurant.demo.apiKey } });
  assert.equal((await own()).status, 200);
  assertLimited(await own(), 'rate_limited');
});

test('guessing passwords is limited per address of e-mail, known or not, and others still log in', async () => {
  const service = await startService(restaurant.database.url, { LOGIN_ATTEMPTS_EMAIL_PER_MINUTE: '3' });
  const guess = (email) => request(service, 'POST', '/v1/staff/login', { body: { email, password: 'guess' } });
  for (const email of [harbor.staff[0].email, 'nobody@demo.example']) {
    for (let i = 0; i < 3; ++i) assert.equal((await guess(email)).status, 401);
    assertLimited(await guess(email.toUpperCase()), 'login_rate_limited');
  }
  assert.ok(await logIn(service, harbor, harbor.staff[1].role));
});

test('the owner of an e-mail address logs in while somebody else guesses, also through the route of earlier systems', async () => {
  const service = await startService(restaurant.database.url, { TRUSTED_PROXIES: '127.0.0.0/8' });
  const { email, password } = harbor.staff[0];
  const tryIt = (path, client, given) =>
    request(service, 'POST', path, { headers: { 'X-Forwarded-For': client }, body: { email, password: given } });
  for (let i = 0; i < 30; ++i) {
    const path = i % 2 ? '/staff/login' : '/v1/staff/login';
    assert.ok([401, 429].includes((await tryIt(path, '198.51.100.1', 'guess')).status));
  }
  assertLimited(await tryIt('/staff/login', '198.51.100.1', password), 'login_rate_limited');
  for (const path of ['/v1/staff/login', '/staff/login']) assert.equal((await tryIt(path, '198.51.100.2', password)).status, 200);
});

test('a photo of a QR code buries no kitchen, and the table is paid and closed all the same', async () => {
  const service = await startService(restaurant.database.url);
  const table = harbor.tables[2];
  const waiter = await logIn(service, harbor, 'WAITER');
  const order = { items: [{ menuItemId: harbor.menuItems[0].id, quantity: 1 }] };
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const guest = await sitDown(service, table, { deviceId: `phone-${i}` });
      return request(service, 'POST', '/v1/orders', { token: guest.token, body: order });
    }),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 20);
  const refused = answers.filter(({ status }) => status !== 201);
  for (const answer of refused) assertLimited(answer, 'too_many_unserved_orders');
  const { session } = await sitDown(service, table);
  const staffOrder = { ...order, sessionId: session.id };
  assert.equal((await request(service, 'POST', '/v1/orders', { token: waiter, body: staffOrder })).status, 201);
  const path = `/v1/sessions/${session.id}`;
  const asked = await request(service, 'POST', `${path}/close`, { token: waiter, body: { openOrders: 'refuse' } });
  assert.equal(asked.status, 409);
  assert.deepEqual([asked.body.code, asked.body.openOrders], ['orders_open', 21]);
  const paid = await request(service, 'POST', '/v1/payments', { token: waiter, body: { sessionId: session.id, amount: 1, method: 'cash' } });
  assert.equal(paid.status, 201);
  const closed = await request(service, 'POST', `${path}/close`, { token: waiter, body: { openOrders: 'cancel' } });
  assert.equal(closed.status, 200);
  assert.equal(closed.body.openOrders, 0);
  assert.deepEqual(closed.body.bill, { ...closed.body.bill, finalAmount: 0, outstandingAmount: 0, refundDue: 1 });
});

/** The whole answer to raw bytes, until the service closes. */
function exchange(port, bytes) {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  return withDeadline(
    'the answer',
    new Promise((resolve, reject) => socket.on('close', () => resolve(text)).on('error', reject)),
    10_000,
  );
}

test('requests that HTTP forbids are refused as HTTP says', async () => {
  const service = await startService(restaurant.database.url);
  const { port } = service;
  assert.match(await exchange(port, 'GET /live HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 400 /);
  assert.match(await exchange(port, 'GET /live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'), /^HTTP\/1.1 400 /);
  assert.match(await exchange(port, 'GET /live HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 200 /);
  const traced = await exchange(port, 'TRACE /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.match(traced, /^HTTP\/1.1 405 /);
  assert.match(traced, /\r\nAllow: GET, HEAD, OPTIONS\r\n/);
});
