// Staff tokens: renewed while they are good, and ended at once, also on another instance and for what listens.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { openDisplay } from '../support/legacy_display.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const TOKEN_SECONDS = 5;
let service, other, harbor, admin, adminBranch, database;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  const settings = { BUILTIN_RECONNECT_SECONDS: '0', LOGIN_ATTEMPTS_ADDRESS_PER_MINUTE: '0' };
  service = await startService(database.url, settings);
  other = await startService(database.url, settings);
  adminBranch = restaurant.demo.branches.find(({ staff }) => staff.some(({ role }) => role === 'ADMIN'));
  admin = await logIn(service, adminBranch, 'ADMIN');
});
after(endAll);

const asAdmin = (method, path, body, from = service) => request(from, method, path, { token: admin, body });
let hires = 0;
async function hire(role = 'KITCHEN') {
  const person = { name: 'Robin', email: `robin${++hires}@example.com`, password: 'a password of theirs', role, branchId: harbor.id };
  const { status, body } = await asAdmin('POST', '/v1/staff', person);
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(body.isActive, true);
  return { ...person, id: body.id };
}
const enter = (person, from = service, password = person.password) =>
  request(from, 'POST', '/v1/staff/login', { body: { email: person.email, password } });
const statusOf = async (token, from = service) => (await request(from, 'GET', '/v1/realtime', { token })).body.code ?? 'good';

test('a token is renewed with the log-in’s time, as often as wanted, until the last day', async () => {
  const brief = await startService(database.url, { STAFF_TOKEN_SECONDS: String(TOKEN_SECONDS), STAFF_TOKEN_RENEW_DAYS: '1' });
  const person = await hire();
  const first = (await enter(person, brief)).body;
  assert.equal(first.expiresIn, TOKEN_SECONDS);
  assert.ok(Math.abs(Date.parse(first.expiresAt) - Date.now() - TOKEN_SECONDS * 1000) < 3_000);
  let { token } = first;
  const claimsOf = (one) => JSON.parse(Buffer.from(one.split('.')[1], 'base64url'));
  while ((await statusOf(first.token, brief)) === 'good') {
    const renewed = await request(brief, 'POST', '/v1/staff/token', { token });
    assert.equal(renewed.status, 200, JSON.stringify(renewed.body));
    assert.deepEqual({ ...renewed.body, token: '', expiresAt: '' }, { ...first, token: '', expiresAt: '' });
    ({ token } = renewed.body);
  }
  assert.equal(claimsOf(token).auth_time, claimsOf(first.token).auth_time);
  assert.equal(await statusOf(token, brief), 'good');
  assert.equal((await request(brief, 'POST', '/v1/staff/token', { token: first.token })).body.code, 'token_expired');
  assert.equal((await request(brief, 'POST', '/v1/staff/token')).status, 401);
});

test('only people’s log-ins are renewed', async () => {
  const guest = await sitDown(service, harbor.tables[0]);
  assert.equal((await request(service, 'POST', '/v1/staff/token', { token: guest.token })).status, 403);
});

test('whoever is signed out is out at once, on every instance and whatever listens, and may come back', async () => {
  const person = await hire('MANAGER');
  const { token } = (await enter(person)).body;
  const renewed = (await request(service, 'POST', '/v1/staff/token', { token })).body.token;
  const [near, far] = [new Device(service, token), new Device(other, renewed)];
  const channels = [await near.join(`presence-kitchen-${harbor.id}`), await far.join(`private-tables-${harbor.id}`)];
  const legacy = await openDisplay(service, token);
  const refusals = [];
  for (const channel of channels) channel.bind('pusher:subscription_error', (error) => refusals.push(error));
  let closed;
  legacy.socket.on('close', (code) => (closed = code));

  assert.equal((await asAdmin('POST', `/v1/staff/${person.id}/sign-out`)).status, 204);
  for (const one of [token, renewed]) assert.equal(await statusOf(one), 'login_ended');
  assert.equal((await request(service, 'POST', '/v1/staff/token', { token: renewed })).body.code, 'login_ended');
  assert.equal((await request(other, 'POST', '/v1/staff/token', { token: renewed })).body.code, 'login_ended', 'asked of the database');
  await waitUntil('the other instance to know', async () => (await statusOf(renewed, other)) === 'login_ended');
  await waitUntil('both subscriptions to end', () => refusals.length >= 2);
  assert.deepEqual(refusals.map(({ status }) => status), [401, 401]);
  await waitUntil('the display to be closed', () => closed !== undefined);
  assert.equal(closed, 4009);
  const seen = near.events.length;
  const guest = await sitDown(service, harbor.tables[1]);
  await placeOrder(service, guest.token, orderOf(harbor));
  const again = (await enter(person)).body.token;
  const back = new Device(service, again);
  await back.join(`presence-kitchen-${harbor.id}`);
  await placeOrder(service, guest.token, orderOf(harbor));
  await back.received('order:created');
  assert.equal(near.events.length, seen, 'nothing is heard any more');
});

test('disabling ends and forbids, enabling allows again, a new password ends too', async () => {
  const person = await hire();
  const { token } = (await enter(person)).body;
  const disabled = await asAdmin('PATCH', `/v1/staff/${person.id}`, { isActive: false });
  assert.equal(disabled.status, 200);
  assert.equal(disabled.body.isActive, false);
  assert.equal(await statusOf(token), 'login_ended');
  assert.equal((await enter(person)).body.code, 'login_failed');
  assert.equal((await asAdmin('PATCH', `/v1/staff/${person.id}`, { isActive: true })).body.isActive, true);
  const next = (await enter(person)).body.token;
  assert.equal(await statusOf(next), 'good');
  assert.equal((await asAdmin('POST', `/v1/staff/${person.id}/password`, { password: 'quite another one' })).status, 204);
  assert.equal(await statusOf(next), 'login_ended');
  assert.equal((await enter(person)).body.code, 'login_failed');
  assert.equal(await statusOf((await enter(person, service, 'quite another one')).body.token), 'good');
});

test('a token that was ended stays so over a restart', async () => {
  const person = await hire();
  const { token } = (await enter(person)).body;
  assert.equal((await request(service, 'POST', `/v1/staff/${person.id}/sign-out`, { token })).status, 204, 'one signs oneself out');
  const restarted = await startService(database.url);
  await waitUntil('the new process to know', async () => (await statusOf(token, restarted)) === 'login_ended');
});

test('only those who manage staff do so, and of their restaurant', async () => {
  const person = await hire();
  const waiter = await logIn(service, harbor, 'WAITER');
  for (const [method, path, body] of [
    ['PATCH', `/v1/staff/${person.id}`, { isActive: false }],
    ['POST', `/v1/staff/${person.id}/sign-out`, undefined],
    ['POST', `/v1/staff/${person.id}/password`, { password: 'quite another one' }],
  ]) {
    assert.equal((await request(service, method, path, { token: waiter, body })).status, 403, path);
    const unknown = path.replace(person.id, '019a9c3f-7b2e-7c41-9d5a-0000000000aa');
    assert.equal((await asAdmin(method, unknown, body)).body.code, 'staff_not_found', path);
  }
  assert.equal((await asAdmin('PATCH', `/v1/staff/${person.id}`, {})).status, 422);
  assert.equal((await asAdmin('POST', `/v1/staff/${person.id}/password`, { password: 'short' })).status, 422);
  const { staffId } = (await request(service, 'POST', '/v1/staff/token', { token: admin })).body;
  assert.equal((await asAdmin('PATCH', `/v1/staff/${staffId}`, { isActive: false })).status, 422, 'nobody locks themselves out');
  assert.equal((await enter(person)).status, 200);
});
