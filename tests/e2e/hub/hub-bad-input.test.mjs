// What clients that are broken or hostile get from the built-in server: the answer that the hosted service gives, and no
// delay for anybody else.

import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import net from 'node:net';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { endAll, endLater } from '../support/cleanup.mjs';
import { createDatabase } from '../support/database.mjs';
import { startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

const KEY = 'relaykey01';
const SECRET = 'relay-secret-For-Tests-of-enough-characters';
const sign = (text) => `${KEY}:${createHmac('sha256', SECRET).update(text).digest('hex')}`;

let service;
let bystander;

before(async () => {
  const { url } = await createDatabase();
  service = await startService(url, { BUILTIN_CLIENT_EVENTS: 'true', BUILTIN_PRESENCE_GRACE_SECONDS: '0' });
  bystander = await connect();
});

after(endAll);

/** A client that sends what a test gives it: {socket, id, messages, closed, ask}. */
async function connect() {
  const socket = new WebSocket(`ws://127.0.0.1:${service.port}/app/${KEY}?protocol=7`);
  const messages = [];
  socket.on('message', (text) => messages.push(JSON.parse(text)));
  const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })));
  endLater(() => socket.terminate());
  await waitUntil('the greeting', () => messages.length === 1);
  const client = { socket, messages, closed, id: JSON.parse(messages[0].data).socket_id };
  client.say = (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  client.ask = async (message) => {
    const before = messages.length;
    client.say(message);
    await waitUntil('an answer', () => messages.length > before);
    return messages[before];
  };
  return client;
}

const subscription = (data) => ({ event: 'pusher:subscribe', data });

/** Somebody else is served meanwhile. */
const isServed = async () => assert.equal((await bystander.ask({ event: 'pusher:ping', data: {} })).event, 'pusher:pong');

test('messages that are none, or unknown, are answered, and the connection stays', async () => {
  const client = await connect();
  const fault = async (message) => {
    const { event, data, channel } = await client.ask(message);
    assert.equal(event, 'pusher:error');
    assert.equal(data.code, null);
    assert.equal(channel, undefined);
    return data.message;
  };
  for (const text of ['', '{', '[]', 'null', '"x"', '7', '{"event":'.repeat(3), '['.repeat(30_000)]) {
    assert.match(await fault(text), /^Invalid message: /, text.slice(0, 20));
  }
  for (const message of [{}, { event: null }, { event: 7 }, { event: ['pusher:subscribe'] }]) {
    assert.equal(await fault(message), 'Invalid message: event is missing');
  }
  assert.equal(await fault({ event: 'hello' }), 'Unsupported event received on socket: hello');
  assert.equal(await fault({ event: 'pusher_internal:member_added', data: {} }), 'Unsupported event received on socket: pusher_internal:member_added');
  assert.match(await fault({ event: 'x'.repeat(10_000) }), /^Unsupported event received on socket: x{200}$/);
  assert.equal(await fault({ event: 'client-x', data: {} }), 'Invalid client event (must contain channel and data)');
  assert.match(await fault(subscription({ channel: 'a b' })), /^Invalid channel name/);
  assert.match(await fault(subscription({ channel: { toString: 1 } })), /channel must be a string/);
  assert.equal((await client.ask({ event: 'pusher:ping', data: {} })).event, 'pusher:pong');
  await isServed();
});

test('what was signed for another socket, channel, user or text is refused', async () => {
  const [owner, other] = [await connect(), await connect()];
  const refusal = async (client, message) => (await client.ask(message)).data.message;
  const auth = sign(`${owner.id}:private-a`);
  assert.equal(
    await refusal(other, subscription({ channel: 'private-a', auth })),
    `Invalid signature: Expected HMAC SHA256 hex digest of ${other.id}:private-a, but got ${auth.slice(KEY.length + 1)}`);
  assert.match(await refusal(owner, subscription({ channel: 'private-b', auth })), /^Invalid signature/);
  assert.match(await refusal(owner, subscription({ channel: 'presence-a', auth, channel_data: '{"user_id":"x"}' })), /^Invalid signature/);

  const data = '{"user_id":"ana"}';
  const member = sign(`${owner.id}:presence-a:${data}`);
  assert.match(await refusal(owner, subscription({ channel: 'presence-a', auth: member, channel_data: '{"user_id": "ana"}' })), /^Invalid signature/);
  assert.match(await refusal(owner, subscription({ channel: 'presence-a', auth: member, channel_data: '{"user_id":"bo"}' })), /^Invalid signature/);
  assert.match(await refusal(other, subscription({ channel: 'presence-a', auth: member, channel_data: data })), /^Invalid signature/);

  const user = '{"id":"ana"}';
  const signin = (auth) => ({ event: 'pusher:signin', data: { auth, user_data: user } });
  assert.match(await refusal(other, signin(sign(`${owner.id}::user::${user}`))), /^Invalid signature/);
  // A grant for a channel is none for a user: a name cannot be made to look like the other.
  assert.match(await refusal(owner, subscription({ channel: ':user::{"id":"ana"}', auth: sign(`${owner.id}::user::${user}`) })), /^Invalid channel name/);

  assert.equal((await owner.ask(subscription({ channel: 'private-a', auth }))).event, 'pusher_internal:subscription_succeeded');
  assert.equal((await owner.ask(signin(sign(`${owner.id}::user::${user}`)))).event, 'pusher:signin_success');
});

/** A WebSocket of which every byte is chosen here; `closeCode` of what comes back. */
async function rawSocket() {
  const socket = net.connect(service.port, '127.0.0.1');
  endLater(() => socket.destroy());
  socket.on('error', () => {});
  let bytes = Buffer.alloc(0);
  socket.on('data', (more) => (bytes = Buffer.concat([bytes, more])));
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.write(
    `GET /app/${KEY}?protocol=7 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`);
  await waitUntil('the greeting', () => bytes.includes('connection_established'));
  const greeting = bytes.length;
  return {
    socket,
    ended,
    /** Of the close frame, which is all that comes. */
    async closeCode() {
      await waitUntil('a close frame', () => bytes.length >= greeting + 4);
      assert.equal(bytes[greeting], 0x88, `a frame ${bytes.subarray(greeting).toString('hex')}`);
      return bytes.readUInt16BE(greeting + 2);
    },
  };
}

/** A frame of a client: header bytes as they are, the length in its shortest form, a mask. */
function frame(first, payload, { isMasked = true, declared = payload.length } = {}) {
  const length = declared < 126 ? [declared] : declared < 65_536 ? [126, declared >> 8, declared & 255] : [127, 0, 0, 0, 0, ...Buffer.from(declared.toString(16).padStart(8, '0'), 'hex')];
  const mask = randomBytes(4);
  const body = Buffer.from(payload.map((byte, i) => (isMasked ? byte ^ mask[i % 4] : byte)));
  length[0] |= isMasked ? 0x80 : 0;
  return Buffer.concat([Buffer.from([first, ...length]), isMasked ? mask : Buffer.alloc(0), body]);
}

const text = (string) => Buffer.from(string);

for (const [what, bytes, code] of [
  ['without a mask', frame(0x81, text('{}'), { isMasked: false }), 1002],
  ['with a reserved bit', frame(0xc1, text('{}')), 1002],
  ['of an unknown kind', frame(0x83, text('{}')), 1002],
  ['that goes on with nothing', frame(0x80, text('{}')), 1002],
  ['that is a ping of two parts', frame(0x09, text('{}')), 1002],
  ['that is a ping of 126 bytes', frame(0x89, Buffer.alloc(126)), 1002],
  ['that is binary', frame(0x82, text('{}')), 1003],
  ['that is no UTF-8', frame(0x81, Buffer.from([0x7b, 0xff, 0xfe])), 1007],
  ['of 70,000 bytes', frame(0x81, Buffer.alloc(70_000, 0x20)), 1009],
  ['that says it has two gigabytes', frame(0x81, Buffer.alloc(10), { declared: 0x7fffffff }), 1009],
]) {
  test(`a frame ${what} closes with ${code}`, async () => {
    const client = await rawSocket();
    client.socket.write(bytes);
    assert.equal(await client.closeCode(), code);
    client.socket.end();
    await withDeadline('the end', client.ended);
    await isServed();
  });
}

test('a hundred clients that stop in the middle of a frame delay nobody', async () => {
  const idle = await Promise.all(Array.from({ length: 100 }, () => rawSocket()));
  for (const { socket } of idle) socket.write(frame(0x81, text('{"event":'), { declared: 60_000 }));
  for (let i = 0; i < 20; ++i) await isServed();
  idle.forEach(({ socket }) => socket.destroy());
  await isServed();
});

test('a member whose connection is reset is removed, without a close frame', async () => {
  const join = async (client, user) => {
    const channel_data = JSON.stringify({ user_id: user });
    await client.ask(subscription({ channel: 'presence-line', auth: sign(`${client.id}:presence-line:${channel_data}`), channel_data }));
  };
  const watcher = await connect();
  await join(watcher, 'watcher');
  const cut = await connect();
  await join(cut, 'cut');
  cut.socket._socket.resetAndDestroy();
  await waitUntil('its removal', () => watcher.messages.some(({ event, data }) => event === 'pusher_internal:member_removed' && data === '{"user_id":"cut"}'));
});

test('subscriptions beyond the bound are refused one by one, and those there are stay', async () => {
  const greedy = await connect();
  for (let i = 0; i < 900; ++i) greedy.say(subscription({ channel: `many-${i}` }));
  await waitUntil('the first part', () => greedy.messages.length === 901);
  // What may come at once is ten seconds' worth of messages.
  let i = 900;
  const isRefused = async () => /limit of 1000 subscriptions/.test((await greedy.ask(subscription({ channel: `many-${i++}` }))).data.message ?? '');
  await waitUntil('the refusal', async () => {
    for (let n = 0; n < 5; ++n) if (await isRefused()) return true;
    return false;
  });
  assert.ok(i >= 1_001, `${i} subscriptions`);
  assert.equal((await greedy.ask({ event: 'pusher:ping', data: {} })).event, 'pusher:pong');
  await isServed();
});

test('a flood of one client ends with 4100, and somebody else’s answers come in time', async () => {
  const flood = await connect();
  for (let i = 0; i < 20_000; ++i) flood.say('{"event":"pusher:unsubscribe","data":{"channel":"x"}}');
  let worst = 0;
  for (let i = 0; i < 50; ++i) {
    const asked = Date.now();
    await isServed();
    worst = Math.max(worst, Date.now() - asked);
  }
  const { code, reason } = await withDeadline('the close', flood.closed);
  assert.deepEqual([code, reason], [4100, 'Too many messages']);
  assert.ok(worst < 2_000, `${worst} ms`);
});
