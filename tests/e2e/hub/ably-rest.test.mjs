// Ably's REST API and tokens on the built-in server: the unmodified npm package `ably` asks, in JSON and MessagePack, and
// pusher-js listens on the same channels.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { ABLY_KEY as HOSTED_KEY, Ably } from '../support/providers.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

const KEY = '77001.relaykey01:relay-secret-For-Tests-of-enough-characters';
const [NAME, SECRET] = KEY.split(':');

let service;
let database;
let harbor;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  service = await startService(database.url, { ABLY_API_KEY: HOSTED_KEY, CORS_ALLOWED_ORIGINS: 'https://shop.example' });
});

after(endAll);

const rest = (options, more = {}) =>
  new Ably.Rest({ endpoint: '127.0.0.1', port: service.port, tls: false, disableConnectivityCheck: true, ...options, ...more });

const inTime = (promise) => withDeadline('an answer to the SDK', promise);

/** {code, statusCode} of what is refused. */
const refusal = (promise) =>
  inTime(promise).then(
    () => assert.fail('accepted'),
    ({ code, statusCode }) => ({ code, statusCode }),
  );

/** A request as no SDK sends it. */
const raw = (method, path, { body, ...headers } = {}) =>
  fetch(service.url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

const encoded = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');

function jwt(claims, { name = NAME, secret = SECRET, alg = 'HS256' } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const text = `${encoded({ typ: 'JWT', alg, kid: name })}.${encoded({ iat: now, exp: now + 600, ...claims })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

for (const useBinaryProtocol of [false, true]) {
  const format = useBinaryProtocol ? 'MessagePack' : 'JSON';

  test(`the SDK publishes, reads history and members, in ${format}`, async () => {
    const client = rest({ key: KEY, useBinaryProtocol });
    const name = `diner-${format}`;
    const device = new Device(service, '');
    const heard = [];
    const subscription = device.pusher.subscribe(name);
    subscription.bind_global((event, data) => event.startsWith('pusher') || heard.push({ event, data }));
    await waitUntil('the subscription', () => subscription.subscribed);

    const channel = client.channels.get(name);
    const bytes = Buffer.from([0, 1, 2, 255]);
    await inTime(channel.publish('first', { n: 1 }));
    await inTime(channel.publish([{ name: 'second', data: 'text', extras: { headers: { a: { b: [1] } } } }, { name: 'third', data: bytes }]));
    await waitUntil('what Pusher clients hear', () => heard.length === 3);
    assert.deepEqual(heard, [
      { event: 'first', data: { n: 1 } },
      { event: 'second', data: 'text' },
      { event: 'third', data: bytes.toString('base64') },
    ]);

    let page = await inTime(channel.history({ limit: 2 }));
    const read = [...page.items];
    while (page.hasNext()) {
      page = await inTime(page.next());
      read.push(...page.items);
    }
    assert.deepEqual(read.map((message) => message.name), ['third', 'second', 'first']);
    assert.deepEqual(Buffer.from(read[0].data), bytes);
    assert.deepEqual(read[1].extras, { headers: { a: { b: [1] } } });
    assert.deepEqual(read[2].data, { n: 1 });

    const status = await inTime(channel.status());
    assert.equal(status.status.occupancy.metrics.connections, 1);
    assert.deepEqual((await inTime(channel.presence.get({}))).items, []);
    assert.ok(Math.abs((await inTime(client.time())) - Date.now()) < 60_000);
  });
}

test('a publish that is repeated is taken once', async () => {
  const channel = rest({ key: KEY }).channels.get('repeats');
  const message = { id: 'job-7:0', name: 'once', data: 'x' };
  const [first, second] = [await inTime(channel.publish(message)), await inTime(channel.publish(message))];
  assert.deepEqual(first, second);
  assert.equal((await inTime(channel.history({}))).items.length, 1);
});

test('a batch is published on each channel that allows it', async () => {
  const client = rest({ token: jwt({ 'x-ably-capability': '{"batch-a":["publish"],"batch-b":["publish"]}' }) });
  const result = await inTime(client.batchPublish({ channels: ['batch-a', 'batch-b', 'other'], messages: [{ data: 'x' }] }));
  assert.equal(result.successCount, 2);
  assert.equal(result.results[2].error.code, 40160);
});

test('displays of every SDK are members, and only the service publishes to them', async () => {
  const device = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await device.join(`presence-kitchen-${harbor.id}`);
  const channel = rest({ key: KEY }).channels.get(`kitchen:${harbor.id}`);
  const members = await inTime(channel.presence.get({}));
  assert.match(members.items[0].clientId, /^staff-/);
  assert.deepEqual(await refusal(channel.publish('order:created', {})), { code: 40160, statusCode: 401 });
  const guest = await sitDown(service, harbor.tables[0]);
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  const created = await waitUntil('the order in the history', async () =>
    (await inTime(channel.history({}))).items.find(({ data }) => data.orderId === order.order?.id || data.orderId === order.id),
  );
  assert.equal(created.id, `${created.data.id}:0`);
});

test('tokens are asked for, good for what they say, and revoked', async () => {
  const owner = rest({ key: KEY });
  const details = await inTime(owner.auth.requestToken({ clientId: 'alice', capability: { 'room-1': ['publish', 'history'] } }));
  assert.equal(details.capability, '{"room-1":["history","publish"]}');
  const client = rest({ tokenDetails: details });
  await inTime(client.channels.get('room-1').publish('hello', 'x'));
  const { items } = await inTime(client.channels.get('room-1').history({}));
  assert.equal(items[0].clientId, 'alice');
  assert.deepEqual(await refusal(client.channels.get('room-2').publish('hello', 'x')), { code: 40160, statusCode: 401 });
  assert.deepEqual(await refusal(client.channels.get('Room-1').publish('hello', 'x')), { code: 40160, statusCode: 401 });
  assert.deepEqual(await refusal(client.channels.get('[meta]room-1').history({})), { code: 40010, statusCode: 400 });
  assert.deepEqual(await refusal(client.channels.get('room-1').publish({ name: 'x', clientId: 'bob' })), { code: 40012, statusCode: 400 });

  const revoked = await inTime(owner.auth.revokeTokens([{ type: 'clientId', value: 'alice' }]));
  assert.equal(revoked.successCount, 1);
  const answer = await raw('GET', '/channels/room-1/messages', { Authorization: `Bearer ${details.token}` });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get('X-Ably-ErrorCode'), '40141');
});

test('a token request is good once', async () => {
  const signed = await inTime(rest({ key: KEY }).auth.createTokenRequest({ clientId: 'carol' }));
  const path = `/keys/${NAME}/requestToken`;
  assert.equal((await raw('POST', path, { body: signed })).status, 201);
  const codes = [];
  for (const body of [
    signed,
    { ...signed, capability: '{"[*]*":["*"]}' },
    { ...signed, timestamp: signed.timestamp - 600_000 },
    { ...signed, keyName: HOSTED_KEY.split(':')[0] },
    { keyName: NAME },
  ]) {
    codes.push((await (await raw('POST', path, { body })).json()).error.code);
  }
  assert.deepEqual(codes, [40105, 40101, 40101, 40102, 40101]);
});

test('forged tokens are refused', async () => {
  const now = Math.floor(Date.now() / 1000);
  const good = jwt({});
  const [header, claims, signature] = good.split('.');
  const codes = {};
  for (const [what, token] of Object.entries({
    good,
    unsigned: `${encoded({ typ: 'JWT', alg: 'none', kid: NAME })}.${claims}.`,
    none: `${encoded({ typ: 'JWT', alg: 'none', kid: NAME })}.${claims}.${signature}`,
    otherSecret: jwt({}, { secret: 'guessed' }),
    otherClaims: `${header}.${encoded({ iat: now, exp: now + 600, 'x-ably-capability': '{"[*]*":["*"]}' })}.${signature}`,
    otherKey: jwt({}, { name: 'no.key' }),
    expired: jwt({ iat: now - 20, exp: now - 10 }),
    tooLong: jwt({ exp: now + 86_401 }),
    future: jwt({ iat: now + 300, exp: now + 600 }),
    badCapability: jwt({ 'x-ably-capability': '{"*":["*","publish"]}' }),
    garbage: 'xVLyHw.garbage',
  })) {
    const answer = await raw('GET', '/channels/a/messages', { Authorization: `Bearer ${token}` });
    codes[what] = answer.status === 200 ? 0 : (await answer.json()).error.code;
  }
  assert.deepEqual(codes, {
    good: 0,
    unsigned: 40143,
    none: 40144,
    otherSecret: 40144,
    otherClaims: 40144,
    otherKey: 40400,
    expired: 40142,
    tooLong: 40003,
    future: 40104,
    badCapability: 40000,
    garbage: 40143,
  });
});

test('one token is good at hosted Ably and here', async () => {
  // A key of the hosted service is the default application's as well.
  const hosted = rest({ token: jwt({ 'x-ably-clientId': 'dora' }, { name: HOSTED_KEY.split(':')[0], secret: HOSTED_KEY.split(':')[1] }) });
  await inTime(hosted.channels.get('shared').publish('hello', 'x'));
  const { items } = await inTime(rest({ key: KEY }).channels.get('shared').history({}));
  assert.equal(items[0].clientId, 'dora');
});

test('the service says where clients of Ably connect, and gives them tokens', async () => {
  const token = await logIn(service, harbor, 'KITCHEN');
  const { body } = await request(service, 'GET', '/v1/realtime', { token });
  assert.equal(body.provider, 'builtin');
  assert.equal(body.ablyOptions.authUrl, `http://localhost:${service.port}/v1/realtime/ably/auth`);
  const client = new Ably.Rest({ ...body.ablyOptions, authHeaders: { Authorization: `Bearer ${token}` } });
  const kitchen = client.channels.get(`kitchen:${harbor.id}`);
  await inTime(kitchen.presence.get({}));
  assert.match((await inTime(client.auth.authorize())).token, /\./);
  assert.deepEqual(await refusal(kitchen.publish('order:created', {})), { code: 40160, statusCode: 401 });
  assert.deepEqual(await refusal(client.channels.get(`waiters:${harbor.id}`).presence.get({})), { code: 40160, statusCode: 401 });
});

test('a guest gets a token that names its session, also by a token request', async () => {
  const guest = await sitDown(service, harbor.tables[1]);
  const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const direct = await request(service, 'GET', '/v1/realtime/ably/auth', { token: guest.token });
  assert.equal(claimsOf(direct.body)['orderpush-session'], guest.session.id);
  const asked = await request(service, 'GET', '/v1/realtime/ably/auth?format=tokenRequest', { token: guest.token });
  const answer = await raw('POST', `/keys/${asked.body.keyName}/requestToken`, { body: asked.body });
  assert.equal(claimsOf((await answer.json()).token)['orderpush-session'], guest.session.id);
});

test('pages of listed origins may use it, and no others', async () => {
  const preflight = (origin) =>
    raw('OPTIONS', '/channels/a/messages', { Origin: origin, 'Access-Control-Request-Method': 'POST' });
  const listed = await preflight('https://shop.example');
  assert.equal(listed.status, 204);
  assert.equal(listed.headers.get('Access-Control-Allow-Origin'), 'https://shop.example');
  assert.equal(listed.headers.get('Access-Control-Allow-Credentials'), 'true');
  assert.match(listed.headers.get('Access-Control-Allow-Headers'), /X-Ably-Version/);
  assert.equal((await preflight('https://other.example')).headers.get('Access-Control-Allow-Origin'), null);
  const refused = await raw('GET', '/channels/a/messages', { Origin: 'https://shop.example' });
  assert.match(refused.headers.get('Access-Control-Expose-Headers'), /X-Ably-ErrorCode/);
});

test('what it does not have is refused in its own form', async () => {
  const headers = { Authorization: `Basic ${Buffer.from(KEY).toString('base64')}` };
  for (const [method, path, status, code] of [
    ['PATCH', '/channels/a/messages/serial', 404, 40400],
    ['GET', '/push/deviceRegistrations', 404, 40400],
    ['DELETE', '/channels/a', 405, 40500],
    ['GET', '/channels/a/messages?limit=1001', 400, 40003],
    ['GET', '/channels//messages', 400, 40010],
  ]) {
    const answer = await raw(method, path, headers);
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.code, error.statusCode], [status, code, status], path);
    assert.equal(answer.headers.get('Content-Type'), 'application/json');
  }
});
