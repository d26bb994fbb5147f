// A database that was restored to an earlier point, or copied: a log knows its epoch, and nothing of the past is sent.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { createDatabase, loadDump } from '../support/database.mjs';
import { Device, becomesReady, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { PUSHER, PusherProvider } from '../support/providers.mjs';
import { commandEnvironment, createRestaurant, freePort, runCommand, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

let restaurant, harbor;

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
});

after(endAll);


async function start(database, more = {}) {
  const service = await startService(database.url, { BUILTIN_RECONNECT_SECONDS: '0', ...more });
  await becomesReady(service);
  return service;
}

async function place(service, count) {
  const guest = await sitDown(service, harbor.tables[1]);
  const ids = [];
  for (let i = 0; i < count; i++) ids.push((await placeOrder(service, guest.token, orderOf(harbor))).id);
  return ids;
}

const kitchen = () => `kitchen:${harbor.id}`;
const eventsOf = (service, token, query) => request(service, 'GET', `/v1/channels/${kitchen()}/events?${query}`, { token });
const epochOf = async (service, token) => (await request(service, 'GET', '/v1/realtime', { token })).body.epoch;

test('positions of the time that a restore took back are 410, and say where to begin', async () => {
  const { database } = restaurant;
  let service = await start(database);
  const token = await logIn(service, harbor, 'KITCHEN');
  await place(service, 2);
  const dump = await database.dump();
  const { lastSeq: kept, epoch: before } = (await eventsOf(service, token, 'limit=0')).body;
  await place(service, 6);
  const { lastSeq: shown } = (await eventsOf(service, token, 'limit=0')).body;
  assert.ok(shown > kept);
  await service.stop();
  await database.putBack(dump);
  service = await start(database);

  const epoch = await epochOf(service, token);
  assert.notEqual(epoch, before);
  const board = (await request(service, 'GET', `/v1/branches/${harbor.id}/board`, { token })).body;
  assert.equal(board.epoch, epoch);
  const beyond = await eventsOf(service, token, `after=${shown}`);
  assert.deepEqual([beyond.status, beyond.body.code], [410, 'position_unknown']);
  assert.equal(beyond.body.epoch, epoch);
  assert.equal(beyond.body.lastSeq, board.seq[kitchen()]);
  assert.deepEqual((await request(service, 'GET', beyond.body.href, { token })).body.seq, board.seq);

  await place(service, 9); // the log grows beyond what the display had seen
  const other = await eventsOf(service, token, `after=${shown}&epoch=${before}`);
  assert.deepEqual([other.status, other.body.code], [410, 'epoch_changed']);
  const page = (await eventsOf(service, token, `after=${board.seq[kitchen()]}&epoch=${epoch}`)).body;
  assert.equal(page.epoch, epoch);
  assert.equal(page.events.filter(({ type }) => type === 'order:created').length, 9);
  await service.stop();
});

test('the documented snippet brings an unmodified pusher-js to the other log', async () => {
  const { database } = restaurant;
  const port = { PORT: String(await freePort()) };
  const text = await readFile(new URL('../../../docs/realtime.md', import.meta.url), 'utf8');
  const snippet = text.match(/```js\n(let last = [^]*?)```/)[1];
  let service = await start(database, port);
  const token = await logIn(service, harbor, 'KITCHEN');
  const path = `/v1/branches/${harbor.id}/board`;
  const { body: board } = await request(service, 'GET', path, { token });
  const device = new Device(service, token);
  const channel = await device.join(`presence-kitchen-${harbor.id}`);
  let shown;
  const showBoard = ({ stations }) => {
    shown = new Set(stations.flatMap(({ tickets }) => tickets.map(({ orderId }) => orderId)));
  };
  showBoard(board);
  const show = ({ type, orderId }) => type === 'order:created' && shown.add(orderId);
  channel.bind('order:created', (event) => show(event));
  new Function('channel', 'board', 'service', 'branchId', 'headers', 'show', 'showBoard', snippet)(
    channel, board, service.url, harbor.id, { Authorization: `Bearer ${token}` }, show, showBoard);
  const dump = await database.dump();
  const lost = await place(service, 4);
  await waitUntil('what is lost later', () => shown.has(lost.at(-1)));
  await service.stop();
  await database.putBack(dump);
  service = await start(database, port);
  const early = await place(service, 2);
  await waitUntil('the other log', () => early.every((id) => shown.has(id)) && !lost.some((id) => shown.has(id)));
  const then = await place(service, 3);
  await waitUntil('what comes then', () => then.every((id) => shown.has(id)));
  const after = (await request(service, 'GET', path, { token })).body;
  const shownLast = shown;
  showBoard(after);
  assert.deepEqual([...shownLast].sort(), [...shown].sort());
  device.leave();
  await service.stop();
});

const pusherSettings = (provider) => ({
  PUSH_ADAPTERS: 'pusher',
  PUSHER_APP_ID: PUSHER.appId,
  PUSHER_KEY: PUSHER.key,
  PUSHER_SECRET: PUSHER.secret,
  PUSHER_HOST: provider.url,
});

const pushedOrders = (provider) => provider.events.filter(({ name }) => name === 'order:created').map(({ data }) => data.orderId);

/** Nothing reaches the provider from the service but what is ordered there, and what waited can be seen. */
async function isHarmless(service, provider, waiting) {
  const token = await logIn(service, harbor, 'MANAGER');
  const [fresh] = await place(service, 1);
  await waitUntil('what is ordered then', () => pushedOrders(provider).includes(fresh));
  for (const { data } of provider.events) {
    assert.ok(!waiting.includes(data.orderId), `${data.type} of the past was sent`);
  }
  const { body } = await request(service, 'GET', '/v1/deliveries?state=dead&limit=200', { token });
  assert.ok(body.deliveries.length > 0);
  for (const { reason } of body.deliveries) assert.match(reason, /new epoch/);
}

test('a copy that is started beside the original sends nothing of what waited', async () => {
  const provider = await new PusherProvider().start();
  provider.permanent = { status: 503, body: 'not now' };
  const original = await createDatabase();
  await loadDump(original.url, await restaurant.database.dump());
  const service = await start(original, pusherSettings(provider));
  const waiting = await place(service, 3);
  await waitUntil('an attempt', () => provider.requests > 0);
  const dump = await original.dump();
  const copy = await createDatabase();
  await loadDump(copy.url, dump);
  await service.kill();
  provider.permanent = null;
  const staging = await start(copy, pusherSettings(provider));
  await isHarmless(staging, provider, waiting);
  await staging.stop();
});

test('new-epoch makes harmless what cannot be noticed, and says what it dropped', async () => {
  const provider = await new PusherProvider().start();
  provider.permanent = { status: 503, body: 'not now' };
  const database = await createDatabase();
  await loadDump(database.url, await restaurant.database.dump());
  const service = await start(database, pusherSettings(provider));
  const waiting = await place(service, 2);
  await waitUntil('an attempt', () => provider.requests > 0);
  const token = await logIn(service, harbor, 'KITCHEN');
  const before = await epochOf(service, token);
  await service.kill();
  const done = await runCommand(['new-epoch'], commandEnvironment(database.url));
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /^epoch [0-9a-f-]{36} began; dropped [1-9]\d* deliveries and \d+ webhooks that waited\n$/);
  provider.permanent = null;
  const again = await start(database, pusherSettings(provider));
  assert.notEqual(await epochOf(again, token), before);
  assert.ok(done.stdout.includes(await epochOf(again, token)), 'the epoch that it said');
  await isHarmless(again, provider, waiting);
  await again.stop();
});

test('new-epoch says what it does', async () => {
  const { code, stdout } = await runCommand(['new-epoch', '--help'], {});
  assert.equal(code, 0);
  assert.match(stdout, /on a copy before the service is started/);
  assert.equal((await runCommand(['new-epoch', 'now'], commandEnvironment(restaurant.database.url))).code, 2);
});

test('a running service notices the command, and tells its displays', async () => {
  const { database } = restaurant;
  const service = await start(database);
  const token = await logIn(service, harbor, 'KITCHEN');
  await place(service, 1);
  const display = new Device(service, token);
  await display.join(`presence-kitchen-${harbor.id}`);
  const done = await runCommand(['new-epoch'], commandEnvironment(database.url));
  assert.equal(done.code, 0, done.stderr);
  const [{ epoch }] = await display.received('realtime:epoch_began');
  assert.equal(epoch, await epochOf(service, token));
  await service.stop();
});

test('a sequence of a webhook never comes twice with another content', async () => {
  const receiver = await new WebhookReceiver().start();
  const settings = {
    BUILTIN_WEBHOOK_URLS: receiver.url,
    BUILTIN_WEBHOOK_PRIVATE_ADDRESSES: 'true',
    BUILTIN_WEBHOOK_HTTP: 'true',
    BUILTIN_PRESENCE_GRACE_SECONDS: '0',
    BUILTIN_WEBHOOK_GRACE_SECONDS: '1',
  };
  const { database } = restaurant;
  const channel = `presence-kitchen-${harbor.id}`;
  const told = () =>
    receiver.taken.flatMap(({ rawBody }) => JSON.parse(rawBody).events).filter((event) => event.channel === channel);
  let service = await start(database, settings);
  const token = await logIn(service, harbor, 'KITCHEN');
  /** A display that comes and goes is two events at least. */
  const visit = async () => {
    const seen = told().length;
    const device = new Device(service, token);
    await device.join(channel);
    device.leave();
    await waitUntil('both to be told', () => told().slice(seen).some(({ name }) => name === 'channel_vacated'));
  };
  await visit();
  const dump = await database.dump();
  for (let i = 0; i < 3; i++) await visit();
  await service.stop();
  await database.putBack(dump);
  service = await start(database, settings);
  for (let i = 0; i < 4; i++) await visit();
  const contents = new Map();
  for (const { sequence, id } of told()) {
    assert.equal(contents.get(sequence) ?? id, id, `sequence ${sequence}`);
    contents.set(sequence, id);
  }
  await service.stop();
});
