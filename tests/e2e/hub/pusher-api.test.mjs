// The built-in server as a Pusher server of free channels: the npm package `pusher` publishes and asks, the unmodified
// pusher-js listens.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import PusherServer from 'pusher';
import PusherModule from 'pusher-js';
import nacl from 'tweetnacl';
import { endAll, endLater } from '../support/cleanup.mjs';
import { commandEnvironment, createRestaurant, runCommand, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const Pusher = PusherModule.Pusher ?? PusherModule;
const MASTER_KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const DEFAULT = { appId: '77001', key: 'relaykey01', secret: 'relay-secret-For-Tests-of-enough-characters' };

let service;
let database;
let demo;

before(async () => {
  ({ database, demo } = await createRestaurant());
  service = await startService(database.url);
});

after(endAll);

const serverOf = (app = DEFAULT) =>
  new PusherServer({ ...app, host: '127.0.0.1', port: String(service.port), encryptionMasterKeyBase64: MASTER_KEY });

/** A browser of that application; `user` is who it is in presence channels. */
async function connect(app = DEFAULT, user = 'u-1') {
  const signer = serverOf(app);
  const client = new Pusher(app.key, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: service.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    nacl,
    userAuthentication: {
      customHandler: ({ socketId }, done) => done(null, signer.authenticateUser(socketId, { id: user })),
    },
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, done) =>
        done(null, signer.authorizeChannel(socketId, channelName, channelName.startsWith('presence-') ? { user_id: user } : undefined)),
    },
  });
  endLater(() => client.disconnect());
  await waitUntil('the connection', () => client.connection.state === 'connected');
  return client;
}

/** A channel that is joined; what comes is kept. */
async function join(client, name) {
  const channel = client.subscribe(name);
  const heard = [];
  channel.bind_global((event, data) => event.startsWith('pusher') || heard.push({ event, data }));
  await waitUntil(`the subscription of ${name}`, () => channel.subscribed);
  return heard;
}

const failure = (promise) =>
  promise.then(
    () => assert.fail('accepted'),
    (error) => ({ status: error.status, body: error.body }),
  );

/** A request as no SDK sends it: {status, type, text}. */
async function send(method, path, { body = '', change = (query) => query, secret = DEFAULT.secret, at = Date.now() } = {}) {
  const parameters = [
    `auth_key=${DEFAULT.key}`,
    `auth_timestamp=${Math.floor(at / 1000)}`,
    'auth_version=1.0',
    ...(body ? [`body_md5=${createHash('md5').update(body).digest('hex')}`] : []),
  ];
  const text = [method, path, parameters.join('&')].join('\n');
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  const query = change([...parameters, `auth_signature=${signature}`].join('&'));
  const response = await fetch(`${service.url}${path}?${query}`, { method, body: body || undefined });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

test('trigger reaches the subscribers of every channel, but not the socket that is left out', async () => {
  const server = serverOf();
  const sender = await connect();
  const listener = await connect();
  const atSender = await join(sender, 'news');
  const atListener = await join(listener, 'news');
  const atPrivate = await join(listener, 'private-orders.eu@7');
  const answer = await server.trigger(['news', 'private-orders.eu@7'], 'App\\Events\\Tick', { note: 'héllo' }, {
    socket_id: sender.connection.socket_id,
  });
  assert.deepEqual(await answer.json(), {});
  const expected = [{ event: 'App\\Events\\Tick', data: { note: 'héllo' } }];
  await waitUntil('both events', () => atListener.length + atPrivate.length === 2);
  assert.deepEqual(atListener, expected);
  assert.deepEqual(atPrivate, expected);
  await server.trigger('news', 'last', 'text');
  await waitUntil('the last event', () => atSender.length > 0 && atListener.length === 2);
  assert.deepEqual(atSender, [{ event: 'last', data: 'text' }]);
});

test('triggerBatch keeps the order and answers item by item', async () => {
  const server = serverOf();
  const listener = await connect(DEFAULT, 'u-9');
  const heard = await join(listener, 'presence-batch');
  const events = Array.from({ length: 10 }, (_, i) => ({ channel: 'presence-batch', name: 'tick', data: { i } }));
  events[9].info = 'user_count';
  const { batch } = await (await server.triggerBatch(events)).json();
  assert.deepEqual(batch, [...Array(9).fill({}), { user_count: 1 }]);
  await waitUntil('ten events', () => heard.length === 10);
  assert.deepEqual(heard.map(({ data }) => data.i), [...Array(10).keys()]);
  const refused = await failure(server.triggerBatch([...events, ...events]));
  assert.equal(refused.status, 400);
  assert.match(refused.body, /Batch too large/);
});

test('an encrypted channel carries what only its subscribers can read', async () => {
  const server = serverOf();
  const heard = await join(await connect(), 'private-encrypted-vault');
  await server.trigger('private-encrypted-vault', 'opened', { pin: '1234' });
  await waitUntil('the event', () => heard.length === 1);
  assert.deepEqual(heard, [{ event: 'opened', data: { pin: '1234' } }]);
});

test('channels, counts and users are answered as they are', async () => {
  const server = serverOf();
  const ask = async (path, params) => (await server.get({ path, params })).json();
  const one = await connect(DEFAULT, 'u-42');
  const two = await connect(DEFAULT, 'u-42');
  const three = await connect(DEFAULT, 'u-7');
  for (const client of [one, two, three]) await join(client, 'presence-lobby');
  const { channels } = await ask('/channels', { filter_by_prefix: 'presence-lob', info: 'user_count' });
  assert.deepEqual(channels, { 'presence-lobby': { user_count: 2 } });
  assert.deepEqual(await ask('/channels/presence-lobby', { info: 'user_count' }), { occupied: true, user_count: 2 });
  assert.deepEqual(await ask('/channels/nobody', {}), { occupied: false });
  const { users } = await ask('/channels/presence-lobby/users');
  assert.deepEqual(users, [{ id: 'u-42' }, { id: 'u-7' }]);
  assert.equal((await failure(server.get({ path: '/channels', params: { info: 'user_count' } }))).status, 400);
  assert.equal((await failure(server.get({ path: '/channels/nobody/users' }))).status, 400);
});

test('on the restaurant’s channels only the service publishes', async () => {
  const server = serverOf();
  const [branch] = demo.branches;
  const refused = await failure(server.trigger(`menu-${branch.id}`, 'menu:updated', {}));
  assert.equal(refused.status, 403);
  assert.match(refused.body, /reserved/);
  const seen = await server.get({ path: `/channels/menu-${branch.id}` });
  assert.deepEqual(await seen.json(), { occupied: false });
});

test('a user who is signed in is sent to on every connection, and disconnected', async () => {
  const server = serverOf();
  const clients = [await connect(DEFAULT, 'u-77'), await connect(DEFAULT, 'u-77'), await connect(DEFAULT, 'u-78')];
  const heard = clients.map(() => []);
  const closed = clients.map(() => []);
  for (const [i, client] of clients.entries()) {
    client.user.bind('hello', (data) => heard[i].push(data));
    client.connection.bind('error', ({ error }) => error?.data?.code && closed[i].push(error.data.code));
    client.signin();
    const own = `#server-to-user-${client === clients[2] ? 'u-78' : 'u-77'}`;
    await waitUntil('the sign-in', () => client.user.serverToUserChannel?.name === own && client.user.serverToUserChannel.subscribed);
  }
  await server.sendToUser('u-77', 'hello', { x: 1 });
  await waitUntil('the event on both', () => heard[0].length + heard[1].length === 2);
  assert.deepEqual(heard, [[{ x: 1 }], [{ x: 1 }], []]);
  await server.terminateUserConnections('u-77');
  await waitUntil('both to be closed', () => clients.slice(0, 2).every(({ connection }) => connection.state === 'disconnected'));
  assert.deepEqual(closed, [[4009], [4009], []]);
  assert.equal(clients[2].connection.state, 'connected');
});

test('a user who is not there can be disconnected and sent to', async () => {
  const server = serverOf();
  assert.deepEqual(await (await server.terminateUserConnections('u 42/é')).json(), {});
  assert.deepEqual(await (await server.sendToUser('u-42', 'hello', { x: 1 })).json(), {});
});

test('bad requests get the hosted service’s answers', async () => {
  const body = JSON.stringify({ name: 'n', data: 'd', channels: ['news'] });
  const events = '/apps/77001/events';
  const good = await send('POST', events, { body });
  assert.deepEqual(good, { status: 200, type: 'application/json', text: '{}' });
  const forged = await send('POST', events, { body, secret: 'another' });
  assert.equal(forged.status, 401);
  assert.match(forged.type, /^text\/plain/);
  assert.match(forged.text, /^Invalid signature: you should have sent HmacSHA256Hex\("POST\\n\/apps\/77001\/events\\nauth_key=/);
  const late = await send('POST', events, { body, at: Date.now() - 601_000 });
  assert.match(late.text, /^Timestamp expired: Given timestamp \(/);
  const early = await send('POST', events, { body, at: Date.now() + 601_000 });
  assert.equal(early.status, 401);
  const doubled = await send('POST', events, { body, change: (query) => `${query}&auth_key=relaykey01` });
  assert.deepEqual([doubled.status, doubled.text], [400, 'Duplicate parameter: auth_key\n']);
  const stranger = await send('POST', events, { body, change: (query) => query.replace('relaykey01', 'nobody') });
  assert.deepEqual([stranger.status, stranger.text], [400, 'Unknown auth_key\n']);
  assert.equal((await send('GET', '/apps/77001/nothing')).status, 404);
  const large = JSON.stringify({ name: 'n', data: 'd'.repeat(10_241), channels: ['news'] });
  const refused = await send('POST', events, { body: large });
  assert.equal(refused.status, 413);
  assert.match(refused.text, /^The data content of this event exceeds the allowed maximum \(10240 bytes\)/);
});

test('behind a proxy’s prefix both SDKs work, whether it forwards the prefix or not', async () => {
  const behind = await startService(database.url, { BUILTIN_PATH_PREFIX: '/realtime' });
  // As PHP's `path` option does it: on the wire, and not signed.
  const prefixed = (path, signedPath) => {
    const query = `auth_key=${DEFAULT.key}&auth_timestamp=${Math.floor(Date.now() / 1000)}&auth_version=1.0`;
    const signature = createHmac('sha256', DEFAULT.secret).update(['GET', signedPath, query].join('\n')).digest('hex');
    return fetch(`${behind.url}${path}?${query}&auth_signature=${signature}`);
  };
  const path = '/apps/77001/channels';
  for (const [wire, signed] of [[`/realtime${path}`, path], [`/realtime${path}`, `/realtime${path}`], [path, `/realtime${path}`], [path, path]]) {
    assert.equal((await prefixed(wire, signed)).status, 200, `${wire} signed as ${signed}`);
  }
  assert.equal((await prefixed(`/elsewhere${path}`, path)).status, 404);
  const { options } = await (await fetch(`${behind.url}/v1/realtime`, { headers: { 'X-Api-Key': demo.apiKey } })).json();
  assert.equal(options.wsPath, '/realtime');
  for (const wsPath of ['', options.wsPath]) {
    const client = new Pusher(DEFAULT.key, { cluster: '', wsHost: '127.0.0.1', wsPort: behind.port, wsPath, forceTLS: false, enabledTransports: ['ws'] });
    endLater(() => client.disconnect());
    await waitUntil('the connection', () => client.connection.state === 'connected');
  }
  await behind.stop();
});

test('a further application has credentials, channels and limits of its own', async () => {
  const run = (...words) => runCommand(words, commandEnvironment(database.url));
  const added = await run('app-add', '--id', '88002', '--event-bytes', '40', '--connections', '2', '--subscription-count');
  assert.equal(added.code, 0, added.stderr);
  const { id, key, secret } = JSON.parse(added.stdout);
  const app = { appId: id, key, secret };
  const server = serverOf(app);
  await waitUntil('the service to know it', () => server.get({ path: '/channels' }).then(() => true, () => false));

  const theirs = await join(await connect(app), 'news');
  const ours = await join(await connect(), 'news');
  await server.trigger('news', 'tick', 'theirs');
  await serverOf().trigger('news', 'tick', 'ours');
  await waitUntil('both', () => theirs.length === 1 && ours.length === 1);
  assert.deepEqual([theirs[0].data, ours[0].data], ['theirs', 'ours']);
  const channel = await server.get({ path: '/channels/news', params: { info: 'subscription_count' } });
  assert.deepEqual(await channel.json(), { occupied: true, subscription_count: 1 });
  assert.equal((await failure(server.trigger('news', 'tick', 'd'.repeat(41)))).status, 413);
  assert.equal((await failure(serverOf({ ...app, appId: '77001' }).trigger('news', 'n', 'd'))).status, 401);

  const { stdout } = await run('app-list');
  assert.deepEqual(JSON.parse(stdout).map((each) => each.id), ['77001', '88002']);
  assert.ok(!stdout.includes(secret));
  const rows = await database.query('select sealed_secret from apps');
  assert.ok(!JSON.stringify(rows).includes(secret));
  assert.equal((await run('app-add', '--id', '88002')).code, 2);
  assert.equal((await run('app-add', '--id')).code, 2);

  const codes = [];
  const watched = await connect(app);
  watched.connection.bind('error', ({ error }) => error?.data?.code && codes.push(error.data.code));
  assert.equal((await run('app-disable', '88002')).code, 0);
  await waitUntil('its connections to be closed', () => watched.connection.state === 'disconnected');
  assert.deepEqual(codes, [4003]);
  const disabled = await failure(server.trigger('news', 'n', 'd'));
  assert.deepEqual(disabled, { status: 403, body: 'The application is disabled\n' });
  watched.connect();
  await waitUntil('the refusal', () => codes.length === 2);
  assert.equal((await run('app-enable', '88002')).code, 0);
  await waitUntil('it to serve again', () => server.get({ path: '/channels' }).then(() => true, () => false));
  watched.connect();
  await waitUntil('the connection', () => watched.connection.state === 'connected');

  assert.equal((await run('app-disable', '88003')).code, 2);
  assert.equal((await run('app-remove', '88002')).code, 0);
  await waitUntil('whoever is connected to be closed', () => codes.includes(4001));
  assert.deepEqual(codes, [4003, 4003, 4001]);
  assert.equal((await run('app-remove', '88002')).code, 2);
  await waitUntil('the service to forget it', () => server.get({ path: '/channels' }).then(() => false, ({ status }) => status === 400));
});
