// From an empty database to an order on a screen, without SQL: as docs/getting-started.md tells it. And what ends when the
// operator disables a restaurant.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { createDatabase } from '../support/database.mjs';
import { Device, request } from '../support/fixtures.mjs';
import { commandEnvironment, runCommand, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const OPERATOR_TOKEN = 'an operator token of enough characters';
const CHOSEN = 'a password of my own';
let database, service, other;

before(async () => {
  database = await createDatabase();
  const settings = { OPERATOR_TOKEN, BROKER: 'postgres', LOGIN_ATTEMPTS_ADDRESS_PER_MINUTE: '0', BUILTIN_RECONNECT_SECONDS: '0' };
  service = await startService(database.url, settings);
  other = await startService(database.url, settings);
});
after(endAll);

const command = (...words) => runCommand(words, commandEnvironment(database.url));
const ADD = ['restaurant-add', '--name', 'Harbor Grill', '--currency', 'EUR', '--time-zone', 'Europe/Berlin', '--admin-email'];
async function addRestaurant(email) {
  const { code, stdout, stderr } = await command(...ADD, email);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
async function ask(method, path, token, body, from = service) {
  const answer = await request(from, method, path, { token, body });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const enter = (email, password, more = {}) => request(service, 'POST', '/v1/staff/login', { body: { email, password, ...more } });

/** The ADMIN of a new restaurant, logged in with a password of their own. */
async function enterAsAdmin(restaurant) {
  const first = await enter(restaurant.admin.email, restaurant.admin.oneTimePassword, { restaurantId: restaurant.id });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.equal(first.body.mustChangePassword, true);
  const body = { password: restaurant.admin.oneTimePassword, newPassword: CHOSEN };
  const chosen = await ask('POST', '/v1/staff/me/password', first.body.token, body);
  assert.equal(chosen.mustChangePassword, false);
  return { first: first.body.token, token: chosen.token };
}

/** A table, a dish and a cook: {table, dish, cook}. */
async function furnish(restaurant, admin, name) {
  const branch = `/v1/branches/${restaurant.branch.id}`;
  const station = await ask('POST', `${branch}/stations`, admin, { name: 'Grill' });
  const area = await ask('POST', `${branch}/areas`, admin, { name: 'Terrace' });
  const table = await ask('POST', `${branch}/tables`, admin, { number: 'T1', areaId: area.id });
  const dish = await ask('POST', `${branch}/menu/items`, admin, { name: 'Burger', price: 1290, stationId: station.id });
  const email = `${name}@example.com`;
  const hired = await ask('POST', '/v1/staff', admin, { name: 'Kim', email, role: 'KITCHEN', branchId: restaurant.branch.id });
  const first = await enter(email, hired.oneTimePassword);
  const cook = await ask('POST', '/v1/staff/me/password', first.body.token, { password: hired.oneTimePassword, newPassword: CHOSEN });
  return { table, dish, cook: cook.token, email };
}
const sit = (table) => ask('POST', '/v1/sessions', undefined, { qrToken: table.qrToken });
const order = (guest, dish) => request(service, 'POST', '/v1/orders', { token: guest.token, body: { items: [{ menuItemId: dish.id, quantity: 1 }] } });

test('from restaurant-add to an order that is bumped on a screen', async () => {
  const restaurant = await addRestaurant('ada@example.com');
  assert.match(restaurant.apiKey.key, /^opak_/);
  const { first, token } = await enterAsAdmin(restaurant);
  const used = await request(service, 'GET', '/v1/branches', { token: first });
  assert.equal(used.status, 401, 'the first log-in has ended with its password');
  const { table, dish, cook } = await furnish(restaurant, token, 'kim');
  const display = new Device(service, cook);
  await display.join(`presence-kitchen-${restaurant.branch.id}`);
  const placed = await order(await sit(table), dish);
  assert.equal(placed.status, 201, JSON.stringify(placed.body));
  const [seen] = await display.received('order:created');
  assert.equal(seen.orderId, placed.body.id);
  assert.equal(seen.table, 'Terrace - T1');
  const [ticket] = placed.body.tickets;
  assert.equal((await ask('POST', `/v1/tickets/${ticket.id}/bump`, cook)).status, 'completed');
  await display.received('kitchen:order_completed');
  const listed = JSON.parse((await command('restaurant-list')).stdout);
  assert.deepEqual(listed.map(({ id, name, isDisabled }) => ({ id, name, isDisabled })), [{ id: restaurant.id, name: 'Harbor Grill', isDisabled: false }]);
});

test('a one-time password is good for choosing another one, and no more', async () => {
  const restaurant = await addRestaurant('ben@example.com');
  const { email, oneTimePassword } = restaurant.admin;
  const { token } = (await enter(email, oneTimePassword)).body;
  for (const [method, path] of [['GET', '/v1/branches'], ['GET', '/v1/realtime'], ['POST', '/v1/staff/token'], ['GET', `/v1/branches/${restaurant.branch.id}/board`]]) {
    const { status, body } = await request(service, method, path, { token });
    assert.deepEqual([status, body.code], [403, 'password_change_required'], path);
  }
  const choose = (body) => request(service, 'POST', '/v1/staff/me/password', { token, body });
  assert.equal((await choose({ password: 'not the present one', newPassword: CHOSEN })).body.errors[0].field, 'password');
  assert.equal((await choose({ password: oneTimePassword, newPassword: 'short' })).body.errors[0].field, 'newPassword');
  assert.equal((await choose({ password: oneTimePassword, newPassword: oneTimePassword })).body.errors[0].field, 'newPassword');
  assert.equal((await choose({ password: oneTimePassword, newPassword: CHOSEN })).status, 200);
  assert.equal((await enter(email, oneTimePassword)).body.code, 'login_failed');
  assert.equal((await enter(email, CHOSEN)).body.mustChangePassword, false);
});

test('an address of two restaurants is asked which, after the password', async () => {
  const [one, two] = [await addRestaurant('both@example.com'), await addRestaurant('Both@example.com')];
  await enterAsAdmin(one);
  assert.equal((await enter('both@example.com', CHOSEN)).status, 200, 'the password says which');
  await enterAsAdmin(two);
  assert.equal((await enter('both@example.com', 'a wrong password')).body.code, 'login_failed');
  const several = await enter('both@example.com', CHOSEN);
  assert.equal(several.status, 409);
  assert.equal(several.body.code, 'login_ambiguous');
  assert.deepEqual(several.body.restaurantIds.split(' ').sort(), [one.id, two.id].sort());
  const chosen = await enter('both@example.com', CHOSEN, { restaurantId: two.id });
  assert.equal(chosen.body.branchId, two.branch.id);
});

test('disabling ends tokens and subscriptions of that restaurant on every instance, and of no other', async () => {
  const [closed, open] = [await addRestaurant('cy@example.com'), await addRestaurant('di@example.com')];
  const [owner, neighbour] = [await enterAsAdmin(closed), await enterAsAdmin(open)];
  const { table, dish, cook, email } = await furnish(closed, owner.token, 'cook.cy');
  const guest = await sit(table);
  const display = new Device(other, cook);
  const phone = new Device(other, guest.token);
  const channels = [await display.join(`presence-kitchen-${closed.branch.id}`), await phone.join(`presence-session-${guest.session.id}`)];
  let ended = 0;
  for (const channel of channels) channel.bind('pusher:subscription_error', () => ++ended);

  const { code, stderr } = await command('restaurant-disable', closed.id);
  assert.equal(code, 0, stderr);
  for (const token of [guest.token, closed.apiKey.key]) {
    assert.equal((await request(service, 'GET', '/v1/realtime', { token })).status, 401);
  }
  for (const instance of [service, other]) {
    await waitUntil('log-ins to end', async () => (await request(instance, 'GET', '/v1/realtime', { token: cook })).body.code === 'login_ended');
  }
  await waitUntil('both subscriptions to end', () => ended >= 2);
  assert.equal((await enter(email, CHOSEN)).body.code, 'login_failed');
  assert.equal((await request(service, 'POST', '/v1/sessions', { body: { qrToken: table.qrToken } })).body.code, 'qr_token_unknown');
  assert.equal((await request(service, 'GET', `/v1/branches/${closed.branch.id}/menu`)).body.code, 'branch_not_found');
  await ask('GET', '/v1/branches', neighbour.token);
  await ask('GET', '/v1/branches', open.apiKey.key);

  assert.equal((await command('restaurant-enable', closed.id)).code, 0);
  assert.equal((await request(service, 'GET', '/v1/realtime', { token: cook })).body.code, 'login_ended', 'who comes back logs in again');
  assert.equal((await enter(email, CHOSEN)).status, 200);
  await ask('GET', '/v1/branches', closed.apiKey.key);
  assert.equal((await order(await sit(table), dish)).status, 201);
});

test('the operator does the same by API, and restaurants do not', async () => {
  const body = { name: 'Inn', currency: 'JPY', timeZone: 'Asia/Tokyo', adminEmail: 'eva@example.com' };
  const headers = { 'Idempotency-Key': 'inn-1' };
  const create = (more = {}) => request(service, 'POST', '/v1/restaurants', { token: OPERATOR_TOKEN, body: { ...body, ...more }, headers });
  const created = await create();
  assert.equal(created.status, 201, JSON.stringify(created.body));
  assert.equal(created.headers.get('location'), `/v1/restaurants/${created.body.id}`);
  const again = await create();
  assert.deepEqual([again.headers.get('idempotent-replayed'), again.body], ['true', created.body]);
  assert.equal((await create({ name: 'Another' })).body.code, 'idempotency_key_reused');
  const [kept] = await database.query("select body from idempotency_keys where key = 'inn-1'");
  assert.ok(!kept.body.includes(created.body.apiKey.key) && !kept.body.includes(created.body.admin.oneTimePassword), 'sealed');

  const wrong = await request(service, 'POST', '/v1/restaurants', { token: OPERATOR_TOKEN, body: { name: '', currency: 'XXX', timeZone: 'Mars/Olympus', adminEmail: 'nobody' } });
  assert.equal(wrong.status, 422);
  assert.deepEqual(wrong.body.errors.map(({ field }) => field).sort(), ['adminEmail', 'currency', 'name', 'timeZone']);
  const refused = await command('restaurant-add', '--name', 'Inn', '--currency', 'eur', '--time-zone', 'Mars/Olympus', '--admin-email', 'x@example.com');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--currency: .*\n.*--time-zone: /);
  for (const words of [['restaurant-add'], ['restaurant-add', '--name', 'Inn'], ['restaurant-disable', 'x'], ['restaurant-list', 'x']]) {
    assert.equal((await command(...words)).code, 2, words.join(' '));
  }

  const path = `/v1/restaurants/${created.body.id}`;
  for (const token of [created.body.apiKey.key, (await enterAsAdmin(created.body)).token]) {
    for (const [method, where] of [['GET', '/v1/restaurants'], ['GET', path], ['PATCH', path], ['POST', '/v1/restaurants']]) {
      assert.equal((await request(service, method, where, { token, body: method === 'GET' ? undefined : {} })).status, 403, `${method} ${where}`);
    }
  }
  assert.equal((await request(service, 'GET', path)).status, 401);
  const stale = await request(service, 'PATCH', path, { token: OPERATOR_TOKEN, body: { isDisabled: true }, headers: { 'If-Match': '"7"' } });
  assert.deepEqual([stale.status, stale.body.code], [412, 'version_mismatch']);
  const disabled = await request(service, 'PATCH', path, { token: OPERATOR_TOKEN, body: { isDisabled: true }, headers: { 'If-Match': '"1"' } });
  assert.equal(disabled.body.isDisabled, true);
  assert.equal(disabled.headers.get('etag'), '"2"');
  const first = await ask('GET', '/v1/restaurants?limit=1', OPERATOR_TOKEN);
  const rest = await ask('GET', `/v1/restaurants?after=${first.next}&limit=200`, OPERATOR_TOKEN);
  const all = [...first.restaurants, ...rest.restaurants];
  assert.equal(rest.next, null);
  assert.equal(all.filter(({ id }) => id === created.body.id).length, 1);
});

test('what was set up is in the audit trail, which nobody changes', async () => {
  const restaurant = await addRestaurant('fay@example.com');
  const { token } = await enterAsAdmin(restaurant);
  const branch = `/v1/branches/${restaurant.branch.id}`;
  const area = await ask('POST', `${branch}/areas`, token, { name: 'Patio' });
  await ask('PATCH', `/v1/areas/${area.id}`, token, { name: 'Terrace' });
  await ask('PATCH', branch, token, { taxRateBp: 1900 });
  const refused = await request(service, 'PATCH', branch, { token, body: { taxRateBp: 10_001 } });
  assert.equal(refused.body.errors[0].field, 'taxRateBp');
  const { entries } = await ask('GET', `${branch}/audit`, token);
  assert.deepEqual(entries.map(({ action }) => action), ['branch:changed', 'area:changed', 'area:created', 'staff:password_chosen', 'restaurant:created']);
  const [settings, renamed] = entries;
  assert.equal(settings.before.taxRateBp, 0);
  assert.equal(settings.after.taxRateBp, 1900);
  assert.deepEqual(renamed.actor, { kind: 'staff', id: restaurant.admin.id, name: 'Admin' });
  assert.deepEqual([renamed.before.name, renamed.after.name], ['Patio', 'Terrace']);
  assert.equal(entries.at(-1).actor.kind, 'operator');
  const about = await ask('GET', `${branch}/audit?subject=${area.id}&limit=1`, token);
  assert.equal(about.entries[0].id, renamed.id);
  assert.equal((await ask('GET', `${branch}/audit?subject=${area.id}&after=${about.next}`, token)).entries.length, 1);
  assert.equal((await ask('GET', `${branch}/audit?staffId=${restaurant.admin.id}&businessDay=${renamed.businessDay}`, token)).entries.length, 4);
  assert.equal((await request(service, 'GET', `${branch}/audit?businessDay=2026-02-30`, { token })).status, 422);
  for (const statement of ['update audit_entries set action = action', 'delete from audit_entries', 'truncate audit_entries']) {
    await assert.rejects(database.query(statement), /not changed/, statement);
  }
});
