// Socket.IO clients over restarts: none of them joins again by itself, and every one has everything, once.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { becomesReady, logIn, orderOf, placeOrder, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { SocketioDevice, restaurant, rooms, subscribe } from '../support/socketio.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let created;
let harbor;

before(async () => {
  created = await createRestaurant();
  [harbor] = created.demo.branches;
});

after(endAll);

const start = async (port, more = {}) => {
  const service = await startService(created.database.url, {
    PORT: String(port),
    BUILTIN_RECONNECT_SECONDS: '0',
    ...more,
  });
  await becomesReady(service);
  return service;
};

const keptRooms = (key, expected) =>
  waitUntil(`${expected} kept`, async () => {
    const [found] = await created.database.query('select count(*)::int from kept_rooms where key = $1', [key]);
    return found.count === expected;
  });

const idsOf = (device, name, id) => device.named(name).map(id);

test('killed in the middle of an evening, every display has every order, once', async () => {
  const port = await freePort();
  let service = await start(port);
  const cook = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[0]);
  const kitchen = new SocketioDevice(service, rooms(cook));
  await kitchen.join('join:kitchen');
  const poller = new SocketioDevice(service, { ...rooms(cook), transports: ['polling'] });
  await poller.join('join:kitchen');
  const page = new SocketioDevice(service, restaurant({ reconnectionAttempts: Infinity }));
  await page.join('join:restaurant', cook);
  const desktop = new SocketioDevice(service, subscribe(cook));
  await desktop.join('subscribe:kds');
  const fresh = new SocketioDevice(service, rooms(guest.token));
  await fresh.join('join:table', harbor.tables[0].id); // hears nothing before the first crash
  const displays = [
    [kitchen, 'order:new', ({ orderId }) => orderId],
    [kitchen, 'order:created', ({ orderId }) => orderId],
    [poller, 'order:created', ({ orderId }) => orderId],
    [page, 'order:created', ({ order }) => order.id],
    [desktop, 'order:created', ({ id }) => id],
    [fresh, 'order:created', ({ orderId }) => orderId],
  ];
  const devices = [kitchen, poller, page, desktop, fresh];

  const orders = [];
  for (let round = 0; round < 3; ++round) {
    await service.kill();
    service = await start(port);
    // Before anybody is back, and after.
    for (let i = 0; i < 3; ++i) orders.push((await placeOrder(service, guest.token, orderOf(harbor))).id);
    await waitUntil('all to be back', () => devices.every(({ socket }) => socket.connected));
    for (const device of devices) assert.equal(device.socket.recovered, true);
    orders.push((await placeOrder(service, guest.token, orderOf(harbor))).id);
    for (const [device, name] of displays) await device.received(name, orders.length);
  }

  for (const [device, name, id] of displays) assert.deepEqual(idsOf(device, name, id), orders, name);
  devices.forEach((device) => device.leave());
  await service.stop(); // it alone relays while it runs
});

test('another instance brings a client back', async () => {
  const a = await start(await freePort(), { BROKER: 'postgres' });
  const b = await start(await freePort(), { BROKER: 'postgres' });
  const cook = await logIn(a, harbor, 'KITCHEN');
  const guest = await sitDown(a, harbor.tables[1]);
  const kitchen = new SocketioDevice(a, rooms(cook));
  await kitchen.join('join:kitchen');
  const first = await placeOrder(a, guest.token, orderOf(harbor));
  await kitchen.received('order:new');

  kitchen.socket.io.uri = b.url;
  await a.kill();
  const second = await placeOrder(b, guest.token, orderOf(harbor));
  await waitUntil('the other instance', () => kitchen.socket.connected);
  assert.equal(kitchen.socket.recovered, true);
  await kitchen.received('order:new', 2);
  assert.deepEqual(idsOf(kitchen, 'order:new', ({ orderId }) => orderId), [first.id, second.id]);
  kitchen.leave();
  await b.stop();
});

test('who leaves by itself is not brought back', async () => {
  const service = await start(await freePort());
  const cook = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[2]);
  const kitchen = new SocketioDevice(service, rooms(cook));
  await kitchen.join('join:kitchen');
  const key = createHash('sha256').update(kitchen.socket._pid).digest('hex');
  // Its leaving and its next connection are two connections, and the later one may be read first.
  await keptRooms(key, 1);
  kitchen.socket.disconnect();
  await keptRooms(key, 0);
  kitchen.socket.connect();
  await kitchen.connected();
  assert.equal(kitchen.socket.recovered, false);
  await placeOrder(service, guest.token, orderOf(harbor));
  await kitchen.ask('leave:kitchen'); // what was to come would have come before the answer
  assert.deepEqual(kitchen.events, []);
  kitchen.leave();
});
