// What callers who have shown nothing cannot take from those who have: channels, processor time and memory of the real
// binary; and who is let in.

import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { deflateRawSync, constants } from 'node:zlib';
import WebSocket from 'ws';
import { endAll, endLater } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

const KEY = 'relaykey01';
const SECRET = 'relay-secret-For-Tests-of-enough-characters';
const MEBIBYTE = 1024 * 1024;
const sign = (text) => `${KEY}:${createHmac('sha256', SECRET).update(text).digest('hex')}`;

let database;
let branch;
let service;

before(async () => {
  const { database: made, demo } = await createRestaurant();
  database = made;
  [branch] = demo.branches;
  service = await startService(database.url, {
    PUBLIC_URL: 'https://orders.example',
    CORS_ALLOWED_ORIGINS: 'https://shop.example,capacitor://localhost,tauri://localhost,app://shop',
    BUILTIN_UNSIGNED_CHANNELS_MAX: '200',
    BUILTIN_COMPRESSION: 'true',
    HTTP_MEMORY_BYTES_MAX: String(4 * MEBIBYTE),
  });
});

after(endAll);

/** {socket, messages, id, closed, say} of a client that sends what a test gives it. */
async function connect(options = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${service.port}/app/${KEY}?protocol=7`, options);
  const messages = [];
  socket.on('message', (text) => messages.push(JSON.parse(text)));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
  endLater(() => socket.terminate());
  const client = { socket, messages, closed, say: (message) => socket.send(JSON.stringify(message)) };
  await Promise.race([closed, waitUntil('the greeting', () => messages.length > 0 || socket.readyState === WebSocket.CLOSED)]);
  client.id = messages[0]?.event === 'pusher:connection_established' ? JSON.parse(messages[0].data).socket_id : undefined;
  return client;
}

const subscribe = (client, channel, more = {}) => client.say({ event: 'pusher:subscribe', data: { channel, ...more } });

test('a kitchen and a guest get in when anonymous sockets took all the channels they may', async () => {
  const crowd = await Promise.all(Array.from({ length: 10 }, () => connect()));
  crowd.forEach((client, socket) => {
    for (let i = 0; i < 100; ++i) subscribe(client, `made-up-${socket}-${i}`);
  });
  await waitUntil('all answers', () => crowd.every(({ messages }) => messages.length === 101));
  const refused = crowd.flatMap(({ messages }) => messages.filter(({ event }) => event === 'pusher:error'));
  assert.ok(refused.length >= 800, `${refused.length} refusals`);
  assert.match(refused[0].data.message, /^Cannot subscribe to made-up-.*: the application has reached its limit of channels without a signature$/);

  const display = new Device(service, await logIn(service, branch, 'KITCHEN'));
  await display.join(`presence-kitchen-${branch.id}`);
  const guest = await sitDown(service, branch.tables[0]);
  const phone = new Device(service, guest.token);
  await phone.join(`presence-session-${guest.session.id}`);
  await phone.join(`menu-${branch.id}`);
  const placed = await request(service, 'POST', '/v1/orders', { token: guest.token, body: orderOf(branch) });
  assert.equal(placed.status, 201);
  await display.received('order:created');
  crowd.forEach(({ socket }) => socket.terminate());
});

test('what an application signs with user data is joined, whatever the kind of channel', async () => {
  const client = await connect();
  const channel_data = JSON.stringify({ user_id: 'ana' });
  for (const channel of ['private-a', 'private-cache-a', 'private-encrypted-a', 'presence-a']) {
    subscribe(client, channel, { auth: sign(`${client.id}:${channel}:${channel_data}`), channel_data });
    await waitUntil(channel, () => client.messages.some(({ event, channel: name }) => event === 'pusher_internal:subscription_succeeded' && name === channel));
  }
});

test('pages that were reached by another name than PUBLIC_URL may connect, and apps in a shell that are listed', async () => {
  const isLetIn = async (origin) => Boolean((await connect({ headers: { Origin: origin } })).id);
  for (const origin of [service.url, 'https://orders.example', 'https://shop.example', 'capacitor://localhost', 'tauri://localhost', 'app://shop']) {
    assert.ok(await isLetIn(origin), origin);
  }
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', 'ionic://localhost', 'app://other', `${service.url}.evil.example`]) {
    assert.ok(!(await isLetIn(origin)), origin);
  }
  const preflight = (origin) => fetch(`${service.url}/v1/orders`, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });
  assert.equal((await preflight('capacitor://localhost')).headers.get('access-control-allow-origin'), 'capacitor://localhost');
  assert.equal((await preflight('ionic://localhost')).headers.get('access-control-allow-origin'), null);
});

test('a WebSocket address that is asked without an upgrade says what is missing', async () => {
  for (const path of [`/app/${KEY}?protocol=7`, '/kitchen/display']) {
    const { status, headers, body } = await request(service, 'GET', path);
    assert.equal(status, 426, path);
    assert.equal(headers.get('upgrade'), 'websocket');
    assert.equal(headers.get('sec-websocket-version'), '13');
    assert.equal(body.code, 'upgrade_required');
  }
});

const frame = (first, payload) => {
  const mask = randomBytes(4);
  return Buffer.concat([Buffer.from([first, 0x80 | payload.length]), mask, payload.map((byte, i) => byte ^ mask[i % 4])]);
};

/** A compressing WebSocket of which every byte is chosen here: {socket, code}. */
async function deflatingSocket(port) {
  const socket = net.connect(port, '127.0.0.1');
  endLater(() => socket.destroy());
  socket.on('error', () => {});
  let bytes = Buffer.alloc(0);
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.on('data', (more) => (bytes = Buffer.concat([bytes, more])));
  socket.write(
    `GET /app/${KEY}?protocol=7 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Extensions: permessage-deflate\r\n' +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`);
  await waitUntil('the greeting', () => bytes.includes('connection_established'));
  return { socket, ended, isTold: (code) => bytes.includes(Buffer.from([0x88])) && bytes.includes(Buffer.from([code >> 8, code & 255])) };
}

/** Many compressed messages, each of which grows to 60,000 bytes. */
function bombs() {
  const packed = deflateRawSync(Buffer.alloc(60_000, 0x20), { finishFlush: constants.Z_SYNC_FLUSH });
  const bomb = frame(0xc1, packed.subarray(0, packed.length - 4));
  return Buffer.concat(Array.from({ length: 20_000 }, () => bomb));
}

test('bombs of compressed messages are closed with 1009, and everybody else is served', async () => {
  const attackers = await Promise.all(Array.from({ length: 4 }, () => deflatingSocket(service.port)));
  const salvo = bombs();
  for (const { socket } of attackers) socket.write(salvo);
  for (let i = 0; i < 20; ++i) assert.equal((await fetch(`${service.url}/live`)).status, 200);
  await waitUntil('the close frames', () => attackers.every(({ isTold }) => isTold(1009)));
  const bystander = await connect();
  bystander.say({ event: 'pusher:ping', data: {} });
  await waitUntil('the pong', () => bystander.messages.some(({ event }) => event === 'pusher:pong'));
  attackers.forEach(({ socket }) => socket.destroy());
});

const residentBytes = async () =>
  1024 * Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${service.pid}/status`, 'utf8'))[1]);

/** A connection that asks and never reads: what comes stays with the server and the kernel. */
function silentSocket(text) {
  const socket = net.connect(service.port, '127.0.0.1');
  endLater(() => socket.destroy());
  socket.on('error', () => {});
  socket.pause();
  socket.write(text);
  return socket;
}

test('unfinished bodies are refused at a bound, and orders are taken meanwhile', async () => {
  const before = await residentBytes();
  const head = 'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const answers = [];
  for (let i = 0; i < 300; ++i) {
    const socket = net.connect(service.port, '127.0.0.1');
    endLater(() => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (bytes) => answers.push(String(bytes)));
    socket.write(`${head}Content-Length: 65000\r\n\r\n${'x'.repeat(60_000)}`);
  }
  await waitUntil('refusals', () => answers.filter((answer) => /^HTTP\/1\.1 503 .*overloaded/s.test(answer)).length >= 200);
  const guest = await sitDown(service, branch.tables[1]);
  const placed = await request(service, 'POST', '/v1/orders', { token: guest.token, body: orderOf(branch) });
  assert.equal(placed.status, 201);
  // 300 × 60 KB would be 18 MB.
  assert.ok((await residentBytes()) - before < 12 * MEBIBYTE, `${(await residentBytes()) - before} bytes`);

  const large = await request(service, 'POST', '/v1/sessions', { raw: JSON.stringify({ qrToken: 'x'.repeat(100_000) }) });
  assert.equal(large.status, 413);
  assert.equal(large.body.code, 'body_too_large');
});

test('answers that nobody reads take no memory of their own', async () => {
  const before = await residentBytes();
  const asked = Array.from({ length: 100 }, () => silentSocket('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)));
  await waitUntil('all to be asked', () => asked.every((socket) => socket.bytesWritten > 0 && !socket.pending));
  const { status, body } = await request(service, 'GET', '/openapi.json');
  assert.equal(status, 200);
  assert.ok(body.openapi);
  const document = JSON.stringify(body).length;
  assert.ok((await residentBytes()) - before < 20 * document, `${(await residentBytes()) - before} bytes`);
  asked.forEach((socket) => socket.destroy());
});

test('a stop ends in its time while bombs arrive', async () => {
  const attackers = await Promise.all(Array.from({ length: 4 }, () => deflatingSocket(service.port)));
  const salvo = bombs();
  for (const { socket } of attackers) socket.write(salvo);
  const { code } = await withDeadline('the end', service.stop(), 30_000);
  assert.equal(code, 0);
});
