// Hosted Pusher and Ably, as scripted servers that check what those check; the vendors' own packages verify.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import PusherServer from 'pusher';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { ABLY_KEY, Ably, AblyProvider, PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

const [ABLY_NAME, ABLY_SECRET] = ABLY_KEY.split(':');

let restaurant;
let harbor;
let oldTown;

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
});

after(endAll);

async function startWithPusher() {
  const provider = await new PusherProvider().start();
  const service = await startService(restaurant.database.url, {
    PUSH_ADAPTERS: 'pusher',
    PUSHER_APP_ID: PUSHER.appId,
    PUSHER_KEY: PUSHER.key,
    PUSHER_SECRET: PUSHER.secret,
    PUSHER_HOST: provider.url,
  });
  return { provider, service };
}

async function startWithAbly() {
  const provider = await new AblyProvider().start();
  const service = await startService(restaurant.database.url, {
    PUSH_ADAPTERS: 'ably',
    ABLY_API_KEY: ABLY_KEY,
    ABLY_REST_HOST: provider.url,
  });
  return { provider, service };
}

const order = async (service, table) => {
  const guest = await sitDown(service, table);
  return placeOrder(service, guest.token, orderOf(harbor));
};

const knowsOrders = (events, ids) => ids.every((id) => events.some(({ data }) => data.orderId === id));

/** The entries of each channel come in the order of their seq; repeats may follow. */
function assertOrdered(events) {
  const last = new Map();
  for (const { channel, data } of events) {
    const before = last.get(channel) ?? 0;
    assert.ok(data.seq <= before + 1 || before === 0, `${channel}: ${data.seq} behind ${before}`);
    last.set(channel, Math.max(before, data.seq));
  }
}

test('orders reach Pusher on every channel, signed as the vendor signs', async () => {
  const { provider, service } = await startWithPusher();
  const { id } = await order(service, harbor.tables[0]);
  await waitUntil('the order at Pusher', () => knowsOrders(provider.events, [id]));
  const created = () => provider.events.filter(({ name, data }) => name === 'order:created' && data.orderId === id);
  await waitUntil('all its channels', () => created().length >= 5);
  const channels = created().map(({ channel }) => channel);
  for (const expected of [`presence-kitchen-${harbor.id}`, `presence-waiters-${harbor.id}`, `private-order-${id}`]) {
    assert.ok(channels.includes(expected), expected);
  }
  assert.equal(new Set(created().map(({ data }) => data.id)).size, 1, 'one event, one id');
  assert.deepEqual(provider.complaints, []);
  await service.stop();
});

test('an outage of Pusher delays orders and loses none', async () => {
  const { provider, service } = await startWithPusher();
  provider.permanent = { status: 503, body: 'away\n' };
  const ids = [];
  for (const table of harbor.tables.slice(0, 3)) ids.push((await order(service, table)).id);
  await waitUntil('attempts', () => provider.requests >= 2);
  assert.equal(provider.events.length, 0);
  provider.plan = ['cut', { status: 200, body: '<html>captive portal</html>' }, { status: 429, headers: { 'Retry-After': '1' } }];
  provider.permanent = null;
  await waitUntil('all orders', () => knowsOrders(provider.events, ids));
  assertOrdered(provider.events);
  assert.deepEqual(provider.complaints, []);
  const { rows } = { rows: await restaurant.database.query("select count(*)::int as count from deliveries where state = 'dead'") };
  assert.equal(rows[0].count, 0, 'nothing was given up');
  await service.stop();
});

test('a wrong secret stops Pusher with an error in the log, and nothing is given up or revealed', async () => {
  const { provider, service } = await startWithPusher();
  provider.permanent = { status: 401, body: 'Invalid signature: you should have sent another\n' };
  const { id } = await order(service, harbor.tables[0]);
  await waitUntil('an error line', () => service.lines.some((line) => line.includes('401 Invalid signature')));
  assert.ok(!service.lines.join('\n').includes(PUSHER.secret));
  assert.ok(!service.lines.join('\n').includes('auth_signature'));
  await service.stop();
  // With the right one the next start sends it.
  const { provider: mended, service: next } = await startWithPusher();
  await waitUntil('the order', () => knowsOrders(mended.events, [id]));
  await next.stop();
});

test('channel and user grants are those that the vendor would give', async () => {
  const { service } = await startWithPusher();
  const judge = new PusherServer({ ...PUSHER, host: '127.0.0.1' });
  const token = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[1]);
  const ask = (path, who, body) => request(service, 'POST', path, { token: who, body });

  const kitchen = `presence-kitchen-${harbor.id}`;
  const { body: joined } = await ask('/v1/realtime/pusher/auth', token, { socket_id: '4711.90125', channel_name: kitchen });
  assert.deepEqual(joined, judge.authorizeChannel('4711.90125', kitchen, JSON.parse(joined.channel_data)));
  const session = `presence-session-${guest.session.id}`;
  const { body: seated } = await ask('/pusher/auth', guest.token, { socket_id: '1.2', channel_name: session });
  assert.deepEqual(seated, judge.authorizeChannel('1.2', session, JSON.parse(seated.channel_data)), 'guests too: no addition of ours');
  const tables = `private-tables-${harbor.id}`;
  const { body: plain } = await ask('/broadcasting/auth', token, { socket_id: '1.2', channel_name: tables });
  assert.deepEqual(plain, judge.authorizeChannel('1.2', tables));
  const { body: user } = await ask('/v1/realtime/pusher/user-auth', token, { socket_id: '1.2' });
  assert.deepEqual(user, judge.authenticateUser('1.2', JSON.parse(user.user_data)));
  assert.match(JSON.parse(user.user_data).id, /^staff-/);

  const { status } = await ask('/v1/realtime/pusher/auth', guest.token, { socket_id: '1.2', channel_name: kitchen });
  assert.equal(status, 403);
  const { body: offered } = await request(service, 'GET', '/v1/realtime', { token });
  assert.equal(offered.provider, 'pusher');
  assert.equal(offered.options.key, PUSHER.key);
  assert.ok(offered.options.userAuthentication.endpoint.endsWith('/v1/realtime/pusher/user-auth'));
  await service.stop();
});

test('orders reach Ably, and an answer that was lost makes no repeat', async () => {
  const { provider, service } = await startWithAbly();
  provider.losesNext = true;
  const ids = [];
  for (let i = 0; i < 3; ++i) ids.push((await order(service, harbor.tables[i])).id);
  const ours = () => provider.messages.filter(({ data }) => ids.includes(data.orderId));
  await waitUntil('all orders', () => ids.every((id) => ours().filter(({ name, data }) => name === 'order:created' && data.orderId === id).length >= 5));
  assert.ok(ours().some(({ channel }) => channel === `kitchen:${harbor.id}`));
  assert.ok(ours().every(({ id, data }) => id === `${data.id}:0`), "a message's id is the event's");
  assertOrdered(provider.messages);
  assert.deepEqual(provider.complaints, []);
  await service.stop();
});

/** An unmodified ably-js that authenticates through the service. */
function ablyClient(provider, service, token, query = '', more = {}) {
  return new Ably.Rest({
    endpoint: provider.host,
    port: provider.port,
    tls: false,
    useBinaryProtocol: false,
    authUrl: `${service.url}/v1/realtime/ably/auth${query}`,
    authHeaders: { Authorization: `Bearer ${token}` },
    ...more,
  });
}

const partsOf = (jwt) => jwt.split('.').map((part) => Buffer.from(part, 'base64url'));

test('ably-js gets a token that allows what the role may hear', async () => {
  const { provider, service } = await startWithAbly();
  const capabilities = {
    KITCHEN: { [`kitchen:${harbor.id}`]: ['presence', 'subscribe'], [`tables:${harbor.id}`]: ['subscribe'], [`menu:${harbor.id}`]: ['subscribe'] },
    WAITER: { [`waiters:${harbor.id}`]: ['presence', 'subscribe'], [`tables:${harbor.id}`]: ['subscribe'], [`menu:${harbor.id}`]: ['subscribe'] },
    MANAGER: {
      [`kitchen:${harbor.id}`]: ['presence', 'subscribe'],
      [`waiters:${harbor.id}`]: ['presence', 'subscribe'],
      [`tables:${harbor.id}`]: ['subscribe'],
      [`menu:${harbor.id}`]: ['subscribe'],
    },
  };
  for (const [role, expected] of Object.entries(capabilities)) {
    const token = await logIn(service, harbor, role);
    const client = ablyClient(provider, service, token);
    const channel = client.channels.get(`menu:${harbor.id}`);
    await withDeadline('a request of the SDK', channel.history());
    const jwt = provider.bearers.at(-1);
    const [header, claims, signature] = partsOf(jwt);
    assert.deepEqual(JSON.parse(header), { alg: 'HS256', kid: ABLY_NAME, typ: 'JWT' });
    assert.deepEqual(signature, createHmac('sha256', ABLY_SECRET).update(jwt.slice(0, jwt.lastIndexOf('.'))).digest());
    const { iat, exp, 'x-ably-capability': capability, 'x-ably-clientId': clientId } = JSON.parse(claims);
    assert.deepEqual(JSON.parse(capability), expected, role);
    assert.match(clientId, /^staff-/);
    assert.equal(exp - iat, 15 * 60);
  }
  await service.stop();
});

test('a guest cannot get more than its own channels, whatever it asks for', async () => {
  const { provider, service } = await startWithAbly();
  const guest = await sitDown(service, harbor.tables[2]);
  const { id } = await placeOrder(service, guest.token, orderOf(harbor));
  const client = ablyClient(provider, service, guest.token, '', { authMethod: 'POST' });
  const wish = { [`order:${id}`]: ['*'], [`kitchen:${harbor.id}`]: ['*'], [`menu:${oldTown.id}`]: ['subscribe'] };
  const details = await withDeadline('a token', client.auth.requestToken({ capability: wish }));
  const claims = JSON.parse(partsOf(details.token)[1]);
  assert.deepEqual(JSON.parse(claims['x-ably-capability']), { [`menu:${oldTown.id}`]: ['subscribe'], [`order:${id}`]: ['subscribe'] });
  assert.match(claims['x-ably-clientId'], /^guest-[0-9a-f]{32}$/);
  assert.ok(!claims['x-ably-clientId'].includes(guest.deviceId));
  await assert.rejects(client.auth.requestToken({ capability: { [`kitchen:${harbor.id}`]: ['subscribe'] } }), ({ statusCode }) => statusCode === 403);
  await assert.rejects(client.auth.requestToken({ clientId: 'staff-1' }), ({ statusCode }) => statusCode === 403);
  await service.stop();
});

test('a token request has the mac that the vendor computes', async () => {
  const { provider, service } = await startWithAbly();
  const token = await logIn(service, harbor, 'WAITER');
  const client = ablyClient(provider, service, token, '?format=tokenRequest');
  await withDeadline('a token', client.auth.requestToken());
  assert.equal(provider.tokenRequests.length, 1, 'the SDK exchanged it');
  const [given] = provider.tokenRequests;
  const { ttl, capability, clientId, timestamp, nonce } = given;
  const judge = new Ably.Rest({ key: ABLY_KEY });
  const expected = await judge.auth.createTokenRequest({ ttl, capability, clientId, timestamp, nonce }, { key: ABLY_KEY });
  assert.equal(given.mac, expected.mac);
  assert.equal(given.capability, expected.capability, 'in the canonical form');
  await service.stop();
});

test('settings that a provider needs are checked before the start', async () => {
  const refused = await startService(restaurant.database.url, { PUSH_ADAPTERS: 'pusher,ably' }).then(
    () => assert.fail('it started'),
    (error) => error.message,
  );
  for (const name of ['PUSHER_APP_ID', 'PUSHER_KEY', 'PUSHER_SECRET', 'PUSHER_CLUSTER', 'ABLY_API_KEY']) {
    assert.match(refused, new RegExp(name));
  }
});
