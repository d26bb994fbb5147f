// Engine.IO 4 and Socket.IO 5 byte by byte, at the real path: what the official server answers, without its client.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { endAll, endLater } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, sitDown } from '../support/fixtures.mjs';
import { PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

const POLLING = 'EIO=4&transport=polling';

let created;
let harbor;
let service;
let token;

before(async () => {
  created = await createRestaurant();
  [harbor] = created.demo.branches;
  service = await startService(created.database.url, { BUILTIN_RECONNECT_SECONDS: '0' });
  token = await logIn(service, harbor, 'KITCHEN');
});

after(endAll);

const ask = async (method, query, body, headers = {}) => {
  const response = await fetch(`${service.url}/socket.io/?${query}`, { method, body, headers });
  return { status: response.status, body: await response.text(), headers: response.headers };
};
const codeOf = ({ status, body }) => `${status} ${JSON.parse(body).code}`;

/** The query of a new session that polls. */
async function open() {
  const { status, body } = await ask('GET', POLLING);
  assert.equal(status, 200);
  assert.ok(body.startsWith('0{'));
  return `${POLLING}&sid=${JSON.parse(body.slice(1)).sid}`;
}

async function connect() {
  const query = await open();
  await ask('POST', query, `40{"token":"${token}"}`);
  const { body } = await ask('GET', query);
  assert.match(body, /^40\{"sid":"[^"]+"/);
  return query;
}

/** A WebSocket: {socket, messages, closed}. */
function dial(query) {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/socket.io/?${query}`);
  const messages = [];
  socket.on('message', (data, isBinary) => messages.push(isBinary ? data : String(data)));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const failed = new Promise((resolve) => socket.on('error', resolve));
  endLater(() => socket.terminate());
  return { socket, messages, closed, failed };
}

test('the open packet has five keys, and polls are not cached', async () => {
  const { headers, body } = await ask('GET', POLLING);
  assert.deepEqual(Object.keys(JSON.parse(body.slice(1))), ['sid', 'upgrades', 'pingInterval', 'pingTimeout', 'maxPayload']);
  assert.equal(headers.get('content-type'), 'text/plain; charset=UTF-8');
  assert.equal(headers.get('cache-control'), 'no-store');
  for (const path of ['/socket.io', '/api/socket', '/api/socket/']) {
    assert.equal((await fetch(`${service.url}${path}?${POLLING}`)).status, 200, path);
  }
  assert.equal((await fetch(`${service.url}/socket.io/xx?${POLLING}`)).status, 404);
});

test('handshakes that are none get the codes of the official server', async () => {
  assert.equal(codeOf(await ask('GET', 'EIO=4')), '400 0');
  assert.equal(codeOf(await ask('GET', 'EIO=4&transport=abc')), '400 0');
  assert.equal(codeOf(await ask('GET', `${POLLING}&sid=abc`)), '400 1');
  assert.equal(codeOf(await ask('POST', POLLING, '40')), '400 2');
  assert.equal(codeOf(await ask('GET', 'EIO=4&transport=websocket')), '400 3');
  assert.equal(codeOf(await ask('GET', 'EIO=3&transport=polling')), '400 5');
  assert.equal((await ask('HEAD', POLLING)).status, 400);
  for (const query of ['EIO=4', 'EIO=3&transport=websocket', 'EIO=4&transport=websocket&sid=abc']) {
    const { message } = await withDeadline('the refusal', dial(query).failed);
    assert.match(message, /400/, query);
  }
});

test('a POST is answered ok, whatever it is worth, and 413 beyond the limit', async () => {
  const good = await connect();
  const taken = await ask('POST', good, '42["join:kitchen"]\x1e42["chat","käse 🍕"]');
  assert.equal(taken.body, 'ok');
  assert.equal(taken.headers.get('content-type'), 'text/html');
  const bad = await connect();
  assert.equal((await ask('POST', bad, 'abc')).body, 'ok');
  assert.equal((await ask('GET', bad)).body, '1', 'and the session is over');
  assert.equal(codeOf(await ask('GET', bad)), '400 1');
  const large = await connect();
  assert.equal((await ask('POST', large, 'x'.repeat(65_537))).status, 413);
});

test('a second poll ends the session, and so does one that is given up', async () => {
  const query = await connect();
  const first = ask('GET', query);
  const second = await ask('GET', query);
  // Which of the two arrives first is the network's affair.
  assert.deepEqual([(await first).status, second.status].sort(), [200, 400]);
  assert.equal(codeOf(await ask('GET', query)), '400 1');

  const given = await connect();
  const abandoned = http.get(`${service.url}/socket.io/?${given}`);
  abandoned.on('error', () => {});
  await waitUntil('the poll to be held', () => abandoned.socket?.bytesWritten > 0);
  abandoned.destroy();
  await waitUntil('the end of the session', async () => (await ask('POST', given, '3')).status === 400);
});

test('the client ends its session, and its poll is answered with a noop', async () => {
  const query = await connect();
  const waiting = ask('GET', query);
  await ask('POST', query, '41');
  await ask('POST', query, '1');
  assert.match((await waiting).body, /^[61]$/);
  assert.equal(codeOf(await ask('GET', query)), '400 1');
});

test('an upgrade loses nothing, and what is queued meanwhile comes first', async () => {
  const query = await connect();
  await ask('POST', query, '42["join:kitchen"]');
  const guest = await sitDown(service, harbor.tables[0]);
  const { socket, messages } = dial(query.replace('polling', 'websocket'));
  await withDeadline('the WebSocket', new Promise((resolve) => socket.on('open', resolve)));
  const waiting = ask('GET', query);
  socket.send('2probe');
  await waitUntil('the answer to the probe', () => messages[0] === '3probe');
  assert.equal((await waiting).body, '6');
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  socket.send('5');
  await waitUntil('the order', () => messages.some((text) => text.startsWith('42["order:created"')));
  const heard = messages.filter((text) => text.startsWith('42["order:')).map((text) => JSON.parse(text.slice(2)));
  assert.deepEqual(heard.map(([name]) => name), ['order:new', 'order:created']);
  assert.ok(heard.every(([, { orderId }]) => orderId === order.id));
  assert.equal(codeOf(await ask('GET', query)), '400 3');
});

test('a WebSocket carries one packet a frame, and binary ones too', async () => {
  const { socket, messages, closed } = dial('EIO=4&transport=websocket');
  await waitUntil('the open packet', () => messages.length === 1);
  assert.deepEqual(JSON.parse(messages[0].slice(1)).upgrades, []);
  socket.send('40/nope,');
  await waitUntil('an answer', () => messages.length === 2);
  assert.equal(messages[1], '44/nope,{"message":"Invalid namespace"}');
  socket.send(`40{"token":"${token}"}`);
  await waitUntil('the welcome', () => messages.length === 3);
  socket.send('451-["file",{"_placeholder":true,"num":0}]');
  socket.send(Buffer.from([1, 2, 3]));
  socket.send('4212["join:kitchen"]');
  await waitUntil('the acknowledgement', () => messages.length === 4);
  assert.equal(messages[3], '4312[{"ok":true}]');
  socket.send('49');
  await withDeadline('the end', closed);
});

test('what is no packet ends one connection and nobody else', async () => {
  const bystander = dial('EIO=4&transport=websocket');
  await waitUntil('the open packet', () => bystander.messages.length === 1);
  bystander.socket.send(`40{"token":"${token}"}`);
  await waitUntil('the welcome', () => bystander.messages.length === 2);
  const bad = ['', '2', '4', '42', '42{}', '42[]', '41{}', '40[1]', '40"x"', '40null', '44{}', '450-["a"]', `42${'['.repeat(60_000)}`];
  for (const text of bad) {
    const { socket, messages, closed } = dial('EIO=4&transport=websocket');
    await waitUntil('the open packet', () => messages.length === 1);
    socket.send(text);
    await withDeadline(`the end after ${text.slice(0, 10)}`, closed);
  }
  bystander.socket.send('427["join:kitchen"]');
  await waitUntil('the acknowledgement', () => bystander.messages.includes('437[{"ok":true}]'));
});

test('the paths exist only while the built-in server takes part', async () => {
  const provider = await new PusherProvider().start();
  const other = await startService(created.database.url, {
    PUSH_ADAPTERS: 'pusher',
    PUSHER_APP_ID: PUSHER.appId,
    PUSHER_KEY: PUSHER.key,
    PUSHER_SECRET: PUSHER.secret,
    PUSHER_HOST: provider.url,
  });
  for (const path of ['/socket.io/', '/api/socket/']) {
    const statusAt = async ({ url }) => (await fetch(`${url}${path}?${POLLING}`)).status;
    assert.equal(await statusAt(service), 200);
    assert.equal(await statusAt(other), 404);
  }
  await other.stop();
});
