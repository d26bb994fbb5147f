// The three kinds of front-ends that speak Socket.IO, each as it connects, joins and listens, with the stock client.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { SocketioDevice, restaurant, rooms, subscribe } from '../support/socketio.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let demo;
let service;
let harbor;
let oldTown;

before(async () => {
  const created = await createRestaurant();
  demo = created.demo;
  [harbor, oldTown] = demo.branches;
  service = await startService(created.database.url, { BUILTIN_RECONNECT_SECONDS: '0' });
});

after(endAll);

const move = async (token, order, status) => {
  const answer = await request(service, 'PATCH', `/v1/orders/${order.id}`, { token, body: { status } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
};

/** A device that joined, and one of another branch that must hear nothing. */
async function pair(options, otherOptions, ...word) {
  const devices = [new SocketioDevice(service, options), new SocketioDevice(service, otherOptions)];
  for (const device of devices) await device.join(...word);
  return devices;
}

test('rooms: kitchen, waiters, table and order hear their events, under both names', async () => {
  const cook = await logIn(service, harbor, 'KITCHEN');
  const waiter = await logIn(service, harbor, 'WAITER');
  const guest = await sitDown(service, harbor.tables[0]);
  const [kitchen, foreign] = await pair(rooms(cook), rooms(await logIn(service, oldTown, 'KITCHEN')), 'join:kitchen');
  const waiters = new SocketioDevice(service, rooms(waiter));
  await waiters.join('join:waiters');
  const table = new SocketioDevice(service, rooms(guest.token));
  await table.join('join:table', harbor.tables[0].id);

  const order = await placeOrder(service, guest.token, orderOf(harbor));
  const follower = new SocketioDevice(service, rooms(guest.token));
  await follower.join('join:order', order.id);
  await move(cook, order, 'preparing');
  await move(cook, order, 'ready');

  const [created] = await kitchen.received('order:new');
  assert.deepEqual(await kitchen.received('order:created'), [created]);
  assert.equal(created.orderId, order.id);
  assert.equal(created.orderNumber, String(created.orderNumber));
  assert.equal(created.items.length, 1);
  for (const device of [waiters, table]) {
    assert.deepEqual((await device.received('order:created')).map(({ id }) => id), [created.id]);
  }
  for (const device of [table, follower]) {
    const statuses = await device.received('order:status', 2);
    assert.deepEqual(statuses.map(({ status }) => status), ['preparing', 'ready']);
    assert.deepEqual(await device.received('order:status_changed', 2), statuses);
    const [ready] = await device.received('kitchen:ready');
    assert.deepEqual(await device.received('kitchen:order_ready'), [ready]);
    assert.equal(ready.kitchenOrderId, ready.ticketId);
  }
  assert.equal((await waiters.received('kitchen:order_ready')).length, 1);
  assert.deepEqual(waiters.named('kitchen:ready'), []);
  assert.deepEqual(foreign.events, []);
  [kitchen, foreign, waiters, table, follower].forEach((device) => device.leave());
});

test('restaurant: the kitchen page by its staff token, the table pages by their session', async () => {
  const cook = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[1]);
  const [kitchen, foreign] = await Promise.all(
    [cook, await logIn(service, oldTown, 'KITCHEN')].map(async (token) => {
      const device = new SocketioDevice(service, restaurant());
      await device.join('join:restaurant', token);
      return device;
    }),
  );
  const page = new SocketioDevice(service, restaurant());
  await page.join('join:session', guest.token);
  await page.join('join:session', guest.token); // the menu and the bill each say so
  assert.equal(page.transport(), 'websocket');

  const order = await placeOrder(service, guest.token, orderOf(harbor));
  await move(cook, order, 'confirmed');
  await move(cook, order, 'preparing');
  await move(cook, order, 'ready');

  const [created] = await kitchen.received('order:created');
  assert.equal(created.order.id, order.id);
  assert.equal(created.order.status, 'pending');
  assert.equal(created.order.tableNumber, harbor.tables[1].number);
  assert.deepEqual(created.session, { id: guest.session.id, tableNumber: harbor.tables[1].number });
  for (const device of [kitchen, page]) {
    const updates = await device.received('order:status:updated', 2);
    assert.deepEqual(updates.map(({ status }) => status), ['cooking', 'ready'], 'confirmed is pending to them');
    assert.ok(updates.every(({ orderId, tableNumber }) => orderId === order.id && tableNumber === harbor.tables[1].number));
  }
  assert.deepEqual(foreign.events, []);
  const bare = await kitchen.ask('join:restaurant', harbor.id);
  assert.equal(bare.error.code, 'token_invalid', 'an id proves nothing');
  const proved = new SocketioDevice(service, restaurant({ auth: { token: cook } }));
  await proved.join('join:restaurant', harbor.id);
  [kitchen, foreign, page, proved].forEach((device) => device.leave());
});

test('subscribe: orders, kds, tables, table and the menu, as the things themselves', async () => {
  const manager = await logIn(service, harbor, 'MANAGER');
  const cook = await logIn(service, harbor, 'KITCHEN');
  const guest = await sitDown(service, harbor.tables[2]);
  const [desktop, foreign] = await pair(subscribe(manager), subscribe(await logIn(service, oldTown, 'MANAGER')), 'subscribe:orders');
  for (const device of [desktop, foreign]) {
    await device.join('subscribe:kds');
    await device.join('subscribe:tables');
  }
  const tablet = new SocketioDevice(service, subscribe(guest.token));
  await tablet.join('subscribe:table', harbor.tables[2].id);

  const order = await placeOrder(service, guest.token, orderOf(harbor));
  await move(cook, order, 'preparing');
  const dish = harbor.menuItems.at(-1);
  const change = await request(service, 'PATCH', `/v1/menu/items/${dish.id}`, { token: manager, body: { available: false } });
  assert.equal(change.status, 200, JSON.stringify(change.body));

  for (const device of [desktop, tablet]) {
    const created = await device.received('order:created');
    assert.deepEqual(created.map(({ id }) => id), [order.id], 'once, though two of its rooms have it');
    const [updated] = await device.received('order:updated');
    assert.equal(updated.id, order.id);
    assert.equal(updated.status, 'preparing');
    assert.equal(updated.items.length, 1);
    assert.equal(updated.tableNumber, harbor.tables[2].number);
    assert.notEqual(updated.eventId, updated.id);
  }
  await move(manager, order, 'cancelled');
  for (const device of [desktop, tablet]) {
    const [updated] = await device.received('menu:updated');
    assert.equal(updated.id, dish.id);
    assert.equal(updated.available, false);
  }
  const [cancelled] = await desktop.received('order:cancelled');
  assert.equal(cancelled.id, order.id);
  assert.equal(cancelled.status, 'cancelled');
  assert.deepEqual(foreign.events, []);
  [desktop, foreign, tablet].forEach((device) => device.leave());
});

test('a refused join is told, with or without an acknowledgement, and costs nothing else', async () => {
  const waiter = new SocketioDevice(service, rooms(await logIn(service, harbor, 'WAITER')));
  assert.equal((await waiter.ask('join:kitchen')).error.code, 'forbidden');
  assert.equal((await waiter.ask('join:table', 5)).error.code, 'invalid_id');
  assert.equal((await waiter.ask('join:table', oldTown.tables[0].id)).error.code, 'forbidden');
  assert.equal((await waiter.ask('join:order', harbor.id)).error.code, 'order_not_found');
  waiter.socket.emit('join:kitchen');
  const [told] = await waiter.received('error');
  assert.equal(told.event, 'join:kitchen');
  assert.equal(told.code, 'forbidden');
  await waiter.join('join:waiters');
  assert.ok(waiter.socket.connected);
  waiter.leave();
});

test('tokens that are missing or bad are refused for good at one path, and bad ones at both', async () => {
  const refused = async (options) => {
    const device = new SocketioDevice(service, options);
    const [failure] = await waitUntil('the refusal', () => device.failures.length > 0 && device.failures);
    assert.equal(device.socket.active, false, 'the client stays away');
    return `${failure.message} ${failure.data.code}`;
  };
  assert.equal(await refused({}), 'Authentication error credential_missing');
  assert.equal(await refused(rooms('x')), 'Authentication error token_invalid');
  assert.equal(await refused(restaurant({ auth: { token: 'x' } })), 'Authentication error token_invalid');
});

test('polling alone works as well, and kitchens are seen whatever they speak', async () => {
  const cook = await logIn(service, harbor, 'KITCHEN');
  const poller = new SocketioDevice(service, { ...rooms(cook), transports: ['polling'] });
  await poller.join('join:kitchen');
  const upgraded = new SocketioDevice(service, rooms(cook));
  await upgraded.join('join:kitchen');
  await waitUntil('the upgrade', () => upgraded.transport() === 'websocket');
  const display = new Device(service, cook);
  const channel = await display.join(`presence-kitchen-${harbor.id}`);
  assert.equal(channel.members.count, 1, 'one person, on three displays');
  const manager = await logIn(service, harbor, 'MANAGER');
  const { body } = await request(service, 'GET', `/v1/branches/${harbor.id}/displays`, { token: manager });
  assert.equal(body.displays.length, 1, JSON.stringify(body));

  const guest = await sitDown(service, harbor.tables[3]);
  const orders = [];
  for (let i = 0; i < 5; ++i) orders.push((await placeOrder(service, guest.token, orderOf(harbor))).id);
  for (const device of [poller, upgraded]) {
    const heard = await device.received('order:new', 5);
    assert.deepEqual(heard.map(({ orderId }) => orderId), orders);
  }
  assert.equal(poller.transport(), 'polling');
  [poller, upgraded].forEach((device) => device.leave());
  display.leave();
});

test('a session that closes ends what its guests hear', async () => {
  const manager = await logIn(service, harbor, 'MANAGER');
  const guest = await sitDown(service, harbor.tables[4]);
  const phone = new SocketioDevice(service, rooms(guest.token));
  await phone.join('join:table', harbor.tables[4].id);
  const reasons = [];
  phone.socket.on('disconnect', (reason) => reasons.push(reason));
  const { status } = await request(service, 'POST', `/v1/sessions/${guest.session.id}/close`, { token: manager });
  assert.ok(status < 300);
  await waitUntil('the end', () => reasons.length > 0);
  assert.deepEqual(reasons, ['io server disconnect'], 'which it does not come back from');
  phone.leave();
});
