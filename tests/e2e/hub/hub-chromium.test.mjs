// The built-in server as a Pusher server for pages: pusher-js as browsers load it, in Chromium, with an application's own
// auth endpoints beside it, made with the npm package `pusher`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import PusherServer from 'pusher';
import { startBrowser } from '../support/pages/browser.mjs';
import { endAll, endLater } from '../support/cleanup.mjs';
import { createDatabase } from '../support/database.mjs';
import { freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const KEY = 'relaykey01';
const modules = path.resolve(import.meta.dirname, '../node_modules');

let browser;
let service;
let servicePort;
let site;
let database;
let server;

/** The application's own site: a page, the SDKs, and the two endpoints that pusher-js asks by default. */
async function serveSite() {
  const files = {
    '/pusher.js': path.join(modules, 'pusher-js/dist/web/pusher-with-encryption.min.js'),
    '/echo.js': path.join(modules, 'laravel-echo/dist/echo.iife.js'),
  };
  const answer = (incoming, body) => {
    const form = new URLSearchParams(body);
    const [socketId, channel] = [form.get('socket_id'), form.get('channel_name')];
    const user = incoming.headers['x-user'];
    if (incoming.url === '/pusher/user-auth') return server.authenticateUser(socketId, { id: user, watchlist: ['bo'] });
    if (channel.includes('forbidden')) return null;
    return server.authorizeChannel(socketId, channel, channel.startsWith('presence-') ? { user_id: user, user_info: { name: `${user} é` } } : undefined);
  };
  const listener = http.createServer(async (incoming, response) => {
    const file = files[incoming.url];
    if (file) return response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(await readFile(file));
    if (incoming.method === 'GET') {
      const page = '<!doctype html><link rel="icon" href="data:,"><script src="/pusher.js"></script><script src="/echo.js"></script>';
      return response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
    }
    const parts = [];
    for await (const part of incoming) parts.push(part);
    const answered = answer(incoming, Buffer.concat(parts).toString());
    return response.writeHead(answered ? 200 : 403, { 'Content-Type': 'application/json' }).end(JSON.stringify(answered ?? {}));
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  endLater(() => {
    listener.closeAllConnections();
    listener.close();
  });
  return `http://127.0.0.1:${listener.address().port}`;
}

const start = () =>
  startService(database.url, {
    PORT: String(servicePort),
    CORS_ALLOWED_ORIGINS: site,
    BUILTIN_CLIENT_EVENTS: 'true',
    BUILTIN_PRESENCE_GRACE_SECONDS: '1',
  });

before(async () => {
  database = await createDatabase();
  servicePort = await freePort();
  server = new PusherServer({
    appId: '77001',
    key: KEY,
    secret: 'relay-secret-For-Tests-of-enough-characters',
    host: '127.0.0.1',
    port: String(servicePort),
    encryptionMasterKeyBase64: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  });
  site = await serveSite();
  service = await start();
  browser = await startBrowser();
});

after(endAll);

/** A page of that user, on a device of its own, with its pusher-js in `client`. */
async function open(user, { origin = site } = {}) {
  const device = await browser.device();
  const page = await device.newPage();
  await page.goto(origin);
  await page.evaluate(
    ({ key, port, user }) => {
      globalThis.heard = [];
      globalThis.errors = [];
      const headers = { 'X-User': user };
      globalThis.client = new globalThis.Pusher(key, {
        cluster: '',
        wsHost: '127.0.0.1',
        wsPort: port,
        forceTLS: false,
        enabledTransports: ['ws', 'wss'],
        channelAuthorization: { endpoint: '/pusher/auth', headers },
        userAuthentication: { endpoint: '/pusher/user-auth', headers },
      });
      globalThis.client.connection.bind('error', ({ data, error }) => globalThis.errors.push((error?.data ?? data)?.code));
      globalThis.join = (name) => {
        const channel = globalThis.client.subscribe(name);
        channel.bind_global((event, data) => event.startsWith('client-') || globalThis.heard.push({ name, event, data }));
        for (const event of ['client-typing', 'client-back']) {
          channel.bind(event, (data, metadata) => globalThis.heard.push({ name, event, data, user: metadata?.user_id }));
        }
      };
    },
    { key: KEY, port: servicePort, user },
  );
  return page;
}

const state = (page) => page.evaluate(() => globalThis.client.connection.state);
const connected = (page) => waitUntil('the connection', async () => (await state(page)) === 'connected');

async function join(page, name) {
  await page.evaluate((channel) => globalThis.join(channel), name);
  await waitUntil(`the subscription to ${name}`, () => page.evaluate((channel) => globalThis.client.channel(channel)?.subscribed, name));
}

/** What that channel's application code received, `pusher:` events as well. */
const heard = (page, name, event) =>
  page.evaluate(({ name, event }) => globalThis.heard.filter((each) => each.name === name && each.event === event), { name, event });

test('members see each other come, whisper and go', async () => {
  const [ana, bo] = [await open('ana'), await open('bo')];
  for (const page of [ana, bo]) await connected(page);
  await join(ana, 'presence-hall');
  await join(bo, 'presence-hall');
  await waitUntil('Ana to see Bo', async () => (await heard(ana, 'presence-hall', 'pusher:member_added')).length === 1);
  const members = await bo.evaluate(() => globalThis.client.channel('presence-hall').members);
  assert.deepEqual(members.members, { ana: { name: 'ana é' }, bo: { name: 'bo é' } });
  assert.equal(members.myID, 'bo');

  await bo.evaluate(() => globalThis.client.channel('presence-hall').trigger('client-typing', { on: true, text: '✓' }));
  await waitUntil('the whisper', async () => (await heard(ana, 'presence-hall', 'client-typing')).length === 1);
  const [whisper] = await heard(ana, 'presence-hall', 'client-typing');
  assert.deepEqual(whisper, { name: 'presence-hall', event: 'client-typing', data: { on: true, text: '✓' }, user: 'bo' });
  assert.deepEqual(await heard(bo, 'presence-hall', 'client-typing'), []);

  await bo.close();
  await waitUntil('Ana to see Bo leave', async () => (await heard(ana, 'presence-hall', 'pusher:member_removed')).length === 1);
});

test('an encrypted channel is read by the page, and a refused one says so', async () => {
  const page = await open('ana');
  await connected(page);
  await join(page, 'private-encrypted-vault');
  await server.trigger('private-encrypted-vault', 'opened', { pin: '1234', who: 'Zoë' });
  await waitUntil('the secret', async () => (await heard(page, 'private-encrypted-vault', 'opened')).length === 1);
  assert.deepEqual((await heard(page, 'private-encrypted-vault', 'opened'))[0].data, { pin: '1234', who: 'Zoë' });
  await page.evaluate(() => globalThis.join('private-forbidden'));
  await waitUntil('the refusal', async () => (await heard(page, 'private-forbidden', 'pusher:subscription_error')).length === 1);
  assert.equal((await heard(page, 'private-forbidden', 'pusher:subscription_error'))[0].data.status, 403);
});

test('a cache channel gives its last event to a page that comes later', async () => {
  await server.trigger('private-cache-price', 'now', { euros: 3 });
  const page = await open('ana');
  await connected(page);
  await join(page, 'private-cache-price');
  await waitUntil('the cached event', async () => (await heard(page, 'private-cache-price', 'now')).length === 1);
});

test('a page whose server restarts comes back by itself, with its channels, members and user', async () => {
  const [ana, bo] = [await open('ana'), await open('bo')];
  const socketIds = [];
  for (const page of [ana, bo]) {
    await connected(page);
    await page.evaluate(() => globalThis.client.signin());
    await join(page, 'presence-office');
    await join(page, 'news');
    socketIds.push(await page.evaluate(() => globalThis.client.connection.socket_id));
  }
  await service.kill();
  for (const page of [ana, bo]) await waitUntil('the loss to be seen', async () => (await state(page)) !== 'connected');
  service = await start();
  // The second attempt is 15 s after the first, for each of them.
  for (const page of [ana, bo]) await waitUntil('the connection', async () => (await state(page)) === 'connected');
  for (const [i, page] of [ana, bo].entries()) {
    assert.notEqual(await page.evaluate(() => globalThis.client.connection.socket_id), socketIds[i]);
    await waitUntil('both members', () =>
      page.evaluate(() => globalThis.client.channel('presence-office').subscribed && globalThis.client.channel('presence-office').members.count === 2));
    await waitUntil('the user', () => page.evaluate(() => globalThis.client.user.serverToUserChannel?.subscribed));
  }
  await server.trigger('news', 'again', { n: 1 });
  for (const page of [ana, bo]) await waitUntil('the event', async () => (await heard(page, 'news', 'again')).length === 1);
  await ana.evaluate(() => globalThis.client.channel('presence-office').trigger('client-back', {}));
  await waitUntil('the whisper', async () => (await heard(bo, 'presence-office', 'client-back')).length === 1);
});

test('a user hears of whom it watches, and is disconnected for good', async () => {
  const [ana, bo] = [await open('ana'), await open('bo')];
  await connected(ana);
  await connected(bo);
  await ana.evaluate(() => {
    globalThis.online = [];
    globalThis.client.user.watchlist.bind('online', ({ user_ids }) => globalThis.online.push(...user_ids));
    globalThis.client.user.bind('hello', (data) => globalThis.online.push(data));
    globalThis.client.signin();
  });
  await waitUntil('Ana signed in', () => ana.evaluate(() => globalThis.client.user.serverToUserChannel?.subscribed));
  await bo.evaluate(() => globalThis.client.signin());
  await waitUntil('Bo online', () => ana.evaluate(() => globalThis.online.includes('bo')));
  await server.sendToUser('ana', 'hello', 'you');
  await waitUntil('the greeting', () => ana.evaluate(() => globalThis.online.includes('you')));
  await server.terminateUserConnections('ana');
  await waitUntil('Ana to be disconnected', async () => (await state(ana)) === 'disconnected');
  assert.deepEqual([...new Set(await ana.evaluate(() => globalThis.errors))], [4009]);
  assert.equal(await state(bo), 'connected');
});

test('a page of another origin is refused, and does not try for ever', async () => {
  const page = await open('eve', { origin: site.replace('127.0.0.1', 'localhost') });
  await waitUntil('the refusal', async () => (await state(page)) === 'disconnected');
  assert.deepEqual([...new Set(await page.evaluate(() => globalThis.errors))], [4009]);
});

test('laravel-echo in a page: private, presence, whispers, leaving', async () => {
  const [ana, bo] = [await open('ana'), await open('bo')];
  for (const page of [ana, bo]) {
    await connected(page);
    await page.evaluate(() => {
      globalThis.echo = new (globalThis.Echo.default ?? globalThis.Echo)({ broadcaster: 'pusher', client: globalThis.client });
      globalThis.received = [];
      const room = globalThis.echo.join('kitchen-echo');
      room.here((users) => globalThis.received.push(['here', users.length]));
      room.joining((user) => globalThis.received.push(['joining', user.name]));
      room.leaving((user) => globalThis.received.push(['leaving', user.name]));
      room.listenForWhisper('typing', (data) => globalThis.received.push(['typing', data]));
      globalThis.echo.private('orders').listen('OrderShipped', (data) => globalThis.received.push(['shipped', data]));
      globalThis.echo.private('orders').notification((data) => globalThis.received.push(['notified', data.text]));
    });
    await waitUntil('its channels', () =>
      page.evaluate(() => ['presence-kitchen-echo', 'private-orders'].every((name) => globalThis.client.channel(name)?.subscribed)));
  }
  const received = (page) => page.evaluate(() => globalThis.received);
  await waitUntil('Ana to see Bo', async () => (await received(ana)).some(([what, who]) => what === 'joining' && who === 'bo é'));
  await bo.evaluate(() => globalThis.echo.join('kitchen-echo').whisper('typing', 'x'));
  // Between channels, and between a page and the HTTP API, there is no order.
  await waitUntil('Ana to hear the whisper', async () => (await received(ana)).some(([what]) => what === 'typing'));
  const socketId = await bo.evaluate(() => globalThis.echo.socketId());
  await server.trigger('private-orders', 'App\\Events\\OrderShipped', { order: 7 }, { socket_id: socketId });
  await server.trigger('private-orders', 'Illuminate\\Notifications\\Events\\BroadcastNotificationCreated', { text: 'to both' });
  await waitUntil('Bo notified', async () => (await received(bo)).some(([what]) => what === 'notified'));
  await waitUntil('Ana notified', async () => (await received(ana)).some(([what]) => what === 'notified'));
  await bo.evaluate(() => globalThis.echo.leave('kitchen-echo'));
  await waitUntil('Ana to see Bo leave', async () => (await received(ana)).some(([what]) => what === 'leaving'));
  assert.deepEqual(await received(ana), [['here', 1], ['joining', 'bo é'], ['typing', 'x'], ['shipped', { order: 7 }], ['notified', 'to both'], ['leaving', 'bo é']]);
  assert.deepEqual(await received(bo), [['here', 2], ['notified', 'to both']]);
});
