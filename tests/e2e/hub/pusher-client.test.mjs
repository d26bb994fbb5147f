// The whole Pusher client protocol, over the unmodified pusher-js and laravel-echo, on channels of the application's own.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import LaravelEcho from 'laravel-echo';
import PusherModule from 'pusher-js';
import WebSocket from 'ws';
import { endAll, endLater } from '../support/cleanup.mjs';
import { createDatabase } from '../support/database.mjs';
import { startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

const Pusher = PusherModule.Pusher ?? PusherModule.default ?? PusherModule;
const Echo = LaravelEcho.default ?? LaravelEcho;
const KEY = 'relaykey01';
const SECRET = 'relay-secret-For-Tests-of-enough-characters';

let service;

before(async () => {
  const database = await createDatabase();
  service = await startService(database.url, {
    CORS_ALLOWED_ORIGINS: 'https://shop.example',
    BUILTIN_CLIENT_EVENTS: 'true',
    BUILTIN_SUBSCRIPTION_COUNTS: 'true',
    BUILTIN_PRESENCE_GRACE_SECONDS: '2',
    BUILTIN_SUBSCRIPTIONS_MAX: '3000',
  });
});

after(endAll);

const sign = (text) => `${KEY}:${createHmac('sha256', SECRET).update(text).digest('hex')}`;

/** What an application's own auth endpoint answers for this user. */
function authorizer(user) {
  return ({ socketId, channelName }, callback) => {
    const isPresence = channelName.startsWith('presence-');
    const channel_data = isPresence && user ? JSON.stringify({ user_id: user.id, user_info: user.user_info ?? { name: user.id } }) : undefined;
    const auth = sign([socketId, channelName, ...(channel_data ? [channel_data] : [])].join(':'));
    const shared_secret = channelName.startsWith('private-encrypted-') ? Buffer.alloc(32, 7).toString('base64') : undefined;
    callback(null, { auth, channel_data, shared_secret });
  };
}

const options = (user, more = {}) => ({
  cluster: '',
  wsHost: '127.0.0.1',
  wsPort: service.port,
  forceTLS: false,
  enabledTransports: ['ws'],
  channelAuthorization: { customHandler: authorizer(user) },
  userAuthentication: {
    customHandler: ({ socketId }, callback) => {
      const user_data = JSON.stringify(user);
      callback(null, { auth: sign(`${socketId}::user::${user_data}`), user_data });
    },
  },
  ...more,
});

/** A connected pusher-js; `heard` has what its channels received, in order, `errors` the server's complaints. */
async function connect(user, more) {
  const pusher = new Pusher(KEY, options(user, more));
  endLater(() => pusher.disconnect());
  const client = { pusher, heard: [], errors: [] };
  pusher.connection.bind('error', ({ data, error }) => client.errors.push(data ?? error?.data));
  pusher.bind_global((event, data, metadata) => client.heard.push({ event, data, metadata }));
  await waitUntil('the connection', () => pusher.connection.state === 'connected');
  return client;
}

async function join(client, name) {
  const channel = client.pusher.subscribe(name);
  await waitUntil(`the subscription to ${name}`, () => channel.subscribed);
  return channel;
}

function listen(channel, event) {
  const heard = [];
  channel.bind(event, (data, metadata) => heard.push({ data, metadata }));
  return heard;
}

test('every legal combination of prefixes is joined', async () => {
  const client = await connect({ id: 'ana' }, { nacl: (await import('tweetnacl')).default });
  for (const name of ['news', 'cache-news', 'private-a', 'private-cache-a', 'private-encrypted-a', 'private-encrypted-cache-a',
    'presence-a', 'presence-cache-a', 'private', 'presence', 'privateroom', 'a=b@c,d.e;f']) {
    await join(client, name);
  }
  assert.deepEqual(client.errors, []);
});

test('client events reach the others, as who sent them, as they were sent', async () => {
  const ana = await connect({ id: 'ana' });
  const bo = await connect({ id: 'bo' });
  const mine = await join(ana, 'presence-typing');
  const heard = listen(await join(bo, 'presence-typing'), 'client-typing');
  const echoed = listen(mine, 'client-typing');
  assert.ok(mine.trigger('client-typing', { on: true, z: 1, a: [2] }));
  mine.trigger('client-typing', 'text');
  await waitUntil('both', () => heard.length === 2);
  assert.deepEqual(heard[0], { data: { on: true, z: 1, a: [2] }, metadata: { user_id: 'ana' } });
  assert.equal(JSON.stringify(heard[0].data), '{"on":true,"z":1,"a":[2]}');
  assert.equal(heard[1].data, 'text');
  assert.deepEqual(echoed, []);

  const secret = await join(ana, 'private-typing');
  const heardPrivate = listen(await join(bo, 'private-typing'), 'client-typing');
  secret.trigger('client-typing', { on: false });
  await waitUntil('the private one', () => heardPrivate.length === 1);
  assert.equal(heardPrivate[0].metadata?.user_id, undefined);
});

test('the eleventh client event in a second is dropped with 4301, and the connection stays', async () => {
  const ana = await connect({ id: 'ana' });
  const channel = await join(ana, 'private-flood');
  for (let i = 0; i < 30; ++i) channel.trigger('client-x', { i });
  await waitUntil('4301', () => ana.errors.some((error) => error?.code === 4301));
  assert.equal(ana.pusher.connection.state, 'connected');
});

test('client events on public channels, encrypted ones, those of others and the restaurant’s own are refused', async () => {
  const ana = await connect({ id: 'ana' });
  await join(ana, 'news');
  const order = 'private-order-0190a5c0-7b1c-7def-8123-456789abcdef';
  await join(ana, order);
  for (const [name, fault] of [['news', /neither private nor presence/], [order, /only the service publishes/], ['private-not-joined', /not subscribed/]]) {
    ana.pusher.send_event('client-x', {}, name);
    await waitUntil(fault, () => ana.errors.some((error) => fault.test(error?.message)));
  }
});

test('signing in opens the user’s own channel, and presence without channel_data', async () => {
  const user = { id: 'u-42', user_info: { name: 'Zoë' } };
  const client = await connect(user, { channelAuthorization: { customHandler: authorizer(null) } });
  client.pusher.signin();
  await withDeadline('the sign-in', client.pusher.user.signinDonePromise ?? Promise.resolve());
  await waitUntil('the sign-in', () => client.pusher.user.user_data?.id === 'u-42');
  await waitUntil('the user channel', () => client.pusher.user.serverToUserChannel?.subscribed);
  const channel = await join(client, 'presence-lobby');
  assert.deepEqual(channel.members.me, { id: 'u-42', info: { name: 'Zoë' } });

  const other = await connect({ id: 'u-7' });
  other.pusher.send_event('pusher:subscribe', { channel: '#server-to-user-u-42', auth: '' });
  await waitUntil('the refusal', () => other.errors.some((error) => /not signed in as that user/.test(error?.message)));
});

test('a watchlist reports who is online, and who comes and goes after the grace', async () => {
  const bo = await connect({ id: 'w-bo' });
  bo.pusher.signin();
  await waitUntil('Bo signed in', () => bo.pusher.user.user_data?.id === 'w-bo');
  const ana = await connect({ id: 'w-ana', watchlist: ['w-bo', 'w-cy'] });
  const online = [];
  const offline = [];
  ana.pusher.user.watchlist.bind('online', ({ user_ids }) => online.push(...user_ids));
  ana.pusher.user.watchlist.bind('offline', ({ user_ids }) => offline.push(...user_ids));
  ana.pusher.signin();
  await waitUntil('the first state', () => online.includes('w-bo') && offline.includes('w-cy'));
  const cy = await connect({ id: 'w-cy' });
  cy.pusher.signin();
  await waitUntil('Cy online', () => online.includes('w-cy'));
  offline.length = 0;
  bo.pusher.disconnect();
  await waitUntil('Bo offline', () => offline.includes('w-bo'));
});

test('presence is one member over tabs, and a reconnect within the grace is not reported', async () => {
  const watcher = await connect({ id: 'watcher' });
  const room = await join(watcher, 'presence-room');
  const added = listen(room, 'pusher:member_added');
  const removed = listen(room, 'pusher:member_removed');
  const tab = await connect({ id: 'ana' });
  await join(tab, 'presence-room');
  const second = await connect({ id: 'ana' });
  await join(second, 'presence-room');
  await waitUntil('one member', () => added.length === 1);
  tab.pusher.disconnect();
  second.pusher.disconnect();
  const back = await connect({ id: 'ana' });
  const channel = await join(back, 'presence-room');
  assert.equal(channel.members.count, 2);
  // A member that comes and goes for good proves that nothing was sent before it.
  const cy = await connect({ id: 'cy' });
  await join(cy, 'presence-room');
  cy.pusher.unsubscribe('presence-room');
  await waitUntil('Cy gone at once', () => removed.length === 1);
  assert.deepEqual(added.map(({ data }) => data.id), ['ana', 'cy']);
  assert.deepEqual(removed.map(({ data }) => data.id), ['cy']);
  back.pusher.disconnect();
  await waitUntil('Ana gone after the grace', () => removed.length === 2);
});

test('subscribers receive their count, members do not', async () => {
  const one = await connect({ id: 'one' });
  const channel = await join(one, 'counted');
  await waitUntil('one', () => channel.subscriptionCount === 1);
  const two = await connect({ id: 'two' });
  await join(two, 'counted');
  await waitUntil('two', () => channel.subscriptionCount === 2);
  two.pusher.disconnect();
  await waitUntil('one again', () => channel.subscriptionCount === 1);
  const room = await join(one, 'presence-counted');
  await join(one, 'counted-after');
  assert.equal(room.subscriptionCount ?? null, null);
});

test('a cache channel without an event says so, once the subscription succeeded', async () => {
  const client = await connect({ id: 'ana' });
  const order = [];
  const channel = client.pusher.subscribe('private-cache-board');
  channel.bind('pusher:subscription_succeeded', () => order.push('succeeded'));
  channel.bind('pusher:cache_miss', () => order.push('miss'));
  await waitUntil('the miss', () => order.length === 2);
  assert.deepEqual(order, ['succeeded', 'miss']);
});

test('thousands of subscriptions of one connection delay nobody', async () => {
  const many = await connect({ id: 'many' });
  const channels = Array.from({ length: 900 }, (_, i) => many.pusher.subscribe(`many-${i}`));
  const other = await connect({ id: 'other' });
  await join(other, 'news');
  await waitUntil('all of them', () => channels.every((channel) => channel.subscribed));
  assert.deepEqual(many.errors, []);
});

test('a flood is answered and then closed with a code that waits, and bothers nobody else', async () => {
  const other = await connect({ id: 'other' });
  const socket = new WebSocket(`ws://127.0.0.1:${service.port}/app/${KEY}?protocol=7`);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  await new Promise((resolve) => socket.on('open', resolve));
  for (let i = 0; i < 5_000; ++i) socket.send('{"event":"pusher:unsubscribe","data":{"channel":"x"}}');
  assert.equal(await withDeadline('the close', closed), 4100);
  await join(other, 'news');
});

test('old clients read the reason before the close frame', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${service.port}/app/unknown?protocol=5`);
  const messages = [];
  socket.on('message', (text) => messages.push(JSON.parse(text)));
  const code = await withDeadline('the close', new Promise((resolve) => socket.on('close', resolve)));
  assert.equal(code, 4001);
  assert.equal(messages[0].data.code, 4001);
});

test('the fallback transports are answered 404 at once, readable for the page', async () => {
  for (const path of ['xhr_streaming', 'xhr', 'xhr_send']) {
    const answer = await fetch(`${service.url}/pusher/app/${KEY}/123/abcdefgh/${path}?protocol=7&client=js&version=8.6.0&t=1&n=1`, {
      method: 'POST', headers: { Origin: 'https://shop.example' },
    });
    assert.equal(answer.status, 404);
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://shop.example');
  }
});

test('compression is agreed to where it is on, and who proves nothing in time is closed with 4009', async () => {
  const { url } = await createDatabase();
  const strict = await startService(url, { BUILTIN_COMPRESSION: 'true', BUILTIN_AUTHORIZATION_SECONDS: '2', BUILTIN_CLIENT_EVENTS: 'true' });
  const open = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${strict.port}/app/${KEY}?protocol=7`);
    const messages = [];
    socket.on('message', (text) => messages.push(JSON.parse(text)));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    endLater(() => socket.terminate());
    await waitUntil('the greeting', () => messages.length === 1);
    const { socket_id } = JSON.parse(messages[0].data);
    const say = (event, data, more) => socket.send(JSON.stringify({ event, data, ...more }));
    return { socket, messages, closed, say, socketId: socket_id };
  };
  const stranger = await open();
  const pair = [await open(), await open()];
  for (const { say, socketId, messages } of pair) {
    say('pusher:subscribe', { channel: 'private-a', auth: sign(`${socketId}:private-a`) });
    await waitUntil('the subscription', () => messages.length === 2);
  }
  assert.match(pair[0].socket.extensions, /permessage-deflate/);
  const text = 'long and dull '.repeat(500);
  pair[0].say('client-x', text, { channel: 'private-a' });
  await waitUntil('the event', () => pair[1].messages.length === 3);
  assert.equal(pair[1].messages[2].data, text);
  assert.equal(await withDeadline('the close', stranger.closed), 4009);
  assert.equal(pair[0].socket.readyState, WebSocket.OPEN);
});

test('laravel-echo joins, lists, hears and whispers', async () => {
  const echoOf = (id) => {
    const echo = new Echo({ broadcaster: 'pusher', key: KEY, Pusher, ...options({ id }) });
    endLater(() => echo.disconnect());
    return echo;
  };
  const ana = echoOf('ana');
  const bo = echoOf('bo');
  const here = [];
  const joining = [];
  const whispers = [];
  ana.join('lobby-echo').here((users) => here.push(...users)).joining((user) => joining.push(user)).listenForWhisper('typing', (data) => whispers.push(data));
  await waitUntil('Ana there', () => here.length === 1);
  let isThere = false;
  const room = bo.join('lobby-echo').here(() => { isThere = true; });
  await waitUntil('Bo there', () => isThere && joining.length === 1);
  room.whisper('typing', { name: 'bo' });
  await waitUntil('the whisper', () => whispers.length === 1);
  assert.deepEqual(whispers, [{ name: 'bo' }]);
  ana.leave('lobby-echo');
});
