// An order and its tickets from placing to bumping, and everything between, as the displays see it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let service;
let harbor;
let cook;
let waiter;
let kitchen;
let waiters;
let seated = 0;

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  service = await startService(restaurant.database.url);
  cook = await logIn(service, harbor, 'KITCHEN');
  waiter = await logIn(service, harbor, 'WAITER');
  kitchen = new Device(service, cook);
  await kitchen.join(`presence-kitchen-${harbor.id}`);
  waiters = new Device(service, waiter);
  await waiters.join(`presence-waiters-${harbor.id}`);
});

after(endAll);

const burger = () => harbor.menuItems.find(({ name }) => name === 'Cheeseburger');
const pilsner = () => harbor.menuItems.find(({ name }) => name === 'Pilsner');
const station = (name) => harbor.stations.find((known) => known.name === name);
const line = (item, quantity = 1) => ({ menuItemId: item.id, quantity });

async function send(method, path, { token = cook, status = 200, ...more } = {}) {
  const answer = await request(service, method, path, { token, ...more });
  assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer;
}

const post = async (path, more) => (await send('POST', path, more)).body;
const patch = async (path, body, more = {}) => (await send('PATCH', path, { body, ...more })).body;
const get = async (path, more) => (await send('GET', path, more)).body;

/** A guest with an order of a burger (grill) and a beer (bar), and a phone that follows both. */
async function guestWithOrder() {
  const table = harbor.tables[seated++ % harbor.tables.length];
  const guest = await sitDown(service, table);
  const order = await placeOrder(service, guest.token, { items: [line(burger()), line(pilsner(), 2)] });
  const phone = new Device(service, guest.token);
  await phone.join(`presence-session-${guest.session.id}`);
  await phone.join(`private-table-${table.id}`);
  await phone.join(`private-order-${order.id}`);
  return { table, guest, order, phone };
}

/** The events of an order that a device has got on channels of this name, in order, as [name, …fields]. */
function received(device, orderId, channel, fields = []) {
  return device.events
    .filter((entry) => entry.data.orderId === orderId && entry.channel.includes(channel))
    .map((entry) => [entry.event, ...fields.map((field) => entry.data[field])]);
}

/** Waits for the last event, then compares all that were received since `from`. */
async function expectReceived(device, orderId, channel, expected, { from = 0, fields = [] } = {}) {
  const seen = () => received(device, orderId, channel, fields).slice(from);
  await waitUntil(
    `${expected.length} events on ${channel}: ${JSON.stringify(expected)}, got ${JSON.stringify(seen())}`,
    () => seen().length >= expected.length,
  ).catch((error) => assert.deepEqual(seen(), expected, error.message));
  assert.deepEqual(seen(), expected);
}

test('the JSON of an order holds its tickets with their stations', async () => {
  const { order, guest } = await guestWithOrder();
  assert.deepEqual(order.tickets.map((ticket) => ticket.stationName), ['Grill', 'Bar']);
  assert.deepEqual(order.tickets.map((ticket) => ticket.itemIds), order.items.map((item) => [item.itemId]));
  assert.deepEqual(await get(`/v1/orders/${order.id}`), order, 'the answer to placing is the order');
  const { orders } = await get(`/v1/orders?sessionId=${guest.session.id}`);
  assert.deepEqual(orders, [order]);
  const listed = await get(`/v1/orders?status=NEW&sessionId=${guest.session.id}`, { token: guest.token });
  assert.deepEqual(listed.orders, [order]);
  await send('GET', `/v1/orders?sessionId=${harbor.id}`, { token: guest.token, status: 403 });
});

test('a ticket is taken, started, made, bumped and brought back, and its order follows', async () => {
  const { order, phone, guest } = await guestWithOrder();
  const [grill, bar] = order.tickets;
  const ticket = `/v1/tickets/${grill.id}`;

  const taken = await send('PATCH', ticket, { body: { status: 'acknowledged' } });
  assert.equal(taken.body.chefName, 'Kim Harbor');
  assert.equal(taken.body.orderStatus, 'pending');
  assert.equal(taken.headers.get('etag'), '"2"');
  assert.equal((await patch(ticket, { status: 'COOKING' })).items[0].status, 'preparing');
  await patch(ticket, { status: 'ready' });
  await patch(`/v1/tickets/${bar.id}`, { status: 'ready' });
  assert.equal((await get(`/v1/orders/${order.id}`)).status, 'ready');
  await post(`${ticket}/bump`);
  assert.equal((await post(`/v1/tickets/${bar.id}/bump`, { token: waiter })).orderStatus, 'completed');
  const recalled = await post(`${ticket}/recall`);
  assert.deepEqual([recalled.status, recalled.orderStatus, recalled.completedAt], ['ready', 'ready', undefined]);
  const again = await post(`${ticket}/recall`);
  assert.deepEqual([again.status, again.orderStatus, again.readyAt], ['preparing', 'preparing', undefined]);
  const refused = await send('POST', `${ticket}/recall`, { status: 409 });
  assert.deepEqual([refused.body.code, refused.body.currentStatus], ['status_conflict', 'preparing']);
  await send('GET', ticket, { token: guest.token, status: 403 });
  assert.equal((await get(ticket, { token: waiter })).status, 'preparing');

  const everywhere = [
    ['kitchen:order_preparing', grill.id],
    ['kitchen:order_ready', grill.id],
    ['kitchen:order_ready', bar.id],
  ];
  const all = [
    ['order:created', undefined],
    ['kitchen:order_acknowledged', grill.id],
    ['order:item_status_changed', undefined],
    everywhere[0],
    ['order:item_status_changed', undefined],
    everywhere[1],
    ['order:item_status_changed', undefined],
    everywhere[2],
    ['order:status_changed', undefined],
    ['kitchen:order_completed', grill.id],
    ['kitchen:order_completed', bar.id],
    ['order:status_changed', undefined],
    ['kitchen:order_recalled', grill.id],
    ['order:status_changed', undefined],
    ['order:item_status_changed', undefined],
    ['kitchen:order_recalled', grill.id],
    ['order:status_changed', undefined],
  ];
  const fields = { fields: ['ticketId'] };
  await expectReceived(kitchen, order.id, 'kitchen', all, fields);
  await expectReceived(waiters, order.id, 'waiters', all, fields);
  const without = (...names) => all.slice(1).filter(([name]) => !names.includes(name));
  const quiet = without('kitchen:order_acknowledged', 'kitchen:order_recalled');
  await expectReceived(phone, order.id, 'presence-session', quiet, fields);
  await expectReceived(phone, order.id, 'private-table', quiet, fields);
  await expectReceived(phone, order.id, 'private-order', without('kitchen:order_completed'), fields);
  const statuses = phone.events.filter((entry) => entry.event === 'order:status_changed' && entry.channel.includes('session'));
  assert.deepEqual(
    statuses.map(({ data }) => [data.previousStatus, data.status]),
    [['pending', 'ready'], ['ready', 'completed'], ['completed', 'ready'], ['ready', 'preparing']],
  );
  const [completed] = await kitchen.received('kitchen:order_completed');
  assert.equal(typeof completed.prepTime, 'number');
  const acknowledged = kitchen.events.find((entry) => entry.event === 'kitchen:order_acknowledged').data;
  assert.deepEqual([acknowledged.chefName, acknowledged.chefId], ['Kim Harbor', taken.body.chefId]);
});

test('tickets are held, fired, rushed and moved to another station', async () => {
  const { order } = await guestWithOrder();
  const [grill] = order.tickets;
  const ticket = `/v1/tickets/${grill.id}`;
  const held = await post(`${ticket}/hold`);
  assert.equal(held.isHeld, true);
  assert.deepEqual(await post(`${ticket}/hold`), held, 'held already: nothing changes');
  assert.equal((await send('POST', `${ticket}/bump`, { status: 409 })).body.code, 'ticket_held');
  assert.equal((await send('PATCH', ticket, { body: { status: 'preparing' }, status: 409 })).body.code, 'ticket_held');
  assert.equal((await post(`${ticket}/fire`)).isHeld, false);
  await post(`${ticket}/fire`);
  assert.equal((await post(`${ticket}/rush`)).priority, 'express');
  await post(`${ticket}/rush`);
  const moved = await patch(ticket, { stationId: station('Bar').id, priority: 'vip', status: 'preparing' });
  assert.deepEqual([moved.stationName, moved.priority, moved.status], ['Bar', 'vip', 'preparing']);
  assert.equal(moved.items[0].stationId, station('Bar').id);
  assert.equal((await send('POST', `${ticket}/hold`, { status: 409 })).body.currentStatus, 'preparing');
  const nowhere = await send('PATCH', ticket, { body: { stationId: harbor.id }, status: 422 });
  assert.equal(nowhere.body.errors[0].field, 'stationId');
  const nothing = await send('PATCH', ticket, { body: {}, status: 422 });
  assert.equal(nothing.body.errors[0].field, 'body');

  await expectReceived(kitchen, order.id, 'kitchen', [
    ['order:created', undefined, undefined],
    ['kitchen:order_held', undefined, undefined],
    ['kitchen:order_fired', undefined, undefined],
    ['kitchen:priority_changed', 'express', undefined],
    ['order:item_status_changed', undefined, undefined],
    ['kitchen:station_assigned', undefined, 'Bar'],
    ['kitchen:priority_changed', 'vip', undefined],
    ['kitchen:order_preparing', undefined, undefined],
  ], { fields: ['priority', 'stationName'] });
});

test('a front-end names the chef, and only staff of the branch', async () => {
  const { order } = await guestWithOrder();
  const ticket = `/v1/tickets/${order.tickets[0].id}`;
  const headers = { 'X-API-Key': restaurant.demo.apiKey };
  const take = (body, status = 200) => send('PATCH', ticket, { token: '', headers, body: { status: 'acknowledged', ...body }, status });
  assert.equal((await take({}, 422)).body.errors[0].field, 'chefId');
  assert.equal((await take({ chefId: harbor.id }, 422)).body.errors[0].field, 'chefId');
  const chefId = JSON.parse(Buffer.from(waiter.split('.')[1], 'base64url')).sub;
  assert.equal((await take({ chefId })).body.chefName, 'Wendy Harbor');
});

test('lines are added to an order, once per key, on tickets of their own', async () => {
  const { order, phone, guest } = await guestWithOrder();
  await patch(`/v1/orders/${order.id}`, { status: 'ready' });
  const add = (headers = {}, status = 201) => send('POST', `/v1/orders/${order.id}/items`, {
    token: guest.token, headers, body: { items: [line(pilsner(), 3)] }, status,
  });
  const first = await add({ 'Idempotency-Key': 'more-beer' });
  const replay = await add({ 'Idempotency-Key': 'more-beer' });
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');
  assert.deepEqual(replay.body, first.body);
  const { items, tickets, status, totalAmount, finalAmount } = first.body;
  assert.deepEqual([items.length, tickets.length, status], [3, 3, 'preparing']);
  assert.deepEqual([tickets[2].stationName, tickets[2].status, tickets[2].itemIds], ['Bar', 'pending', [items[2].itemId]]);
  assert.equal(totalAmount, order.totalAmount + 3 * pilsner().price);
  assert.deepEqual(await get(`/v1/orders/${order.id}`), first.body);

  await expectReceived(phone, order.id, 'private-order', [
    ['order:item_status_changed', undefined],
    ['order:item_status_changed', undefined],
    ['kitchen:order_ready', undefined],
    ['kitchen:order_ready', undefined],
    ['order:status_changed', undefined],
    ['order:items_added', totalAmount],
    ['order:status_changed', undefined],
  ], { fields: ['newTotalAmount'] });
  const [added] = await phone.received('order:items_added');
  assert.deepEqual(added.items, [items[2]]);
  assert.equal(added.newFinalAmount, finalAmount);
  await patch(`/v1/orders/${order.id}`, { status: 'served' });
  assert.equal((await add({}, 409)).body.code, 'status_conflict');
});

test('single lines move, and what is cancelled leaves the bill', async () => {
  const { order } = await guestWithOrder();
  const [food, drink] = order.items;
  const item = (id) => `/v1/orders/${order.id}/items/${id}`;
  const drinks = await patch(item(drink.itemId), { status: 'ready' });
  assert.deepEqual(drinks.tickets.map(({ status }) => status), ['pending', 'ready']);
  assert.equal(drinks.status, 'pending');
  const refused = await send('PATCH', item(food.itemId), { token: waiter, body: { status: 'cancelled' }, status: 403 });
  assert.match(refused.body.detail, /cancel-request/);
  const less = await patch(item(food.itemId), { status: 'cancelled' });
  assert.deepEqual([less.status, less.tickets[0].status, less.totalAmount], ['ready', 'cancelled', 2 * pilsner().price]);
  const none = await patch(item(drink.itemId), { status: 'cancelled' });
  assert.deepEqual([none.status, none.totalAmount], ['cancelled', 2 * pilsner().price]);
  await send('PATCH', item(order.id), { body: { status: 'ready' }, status: 404 });

  await expectReceived(kitchen, order.id, 'kitchen', [
    ['order:created', undefined],
    ['order:item_status_changed', undefined],
    ['kitchen:order_ready', undefined],
    ['order:item_status_changed', undefined],
    ['order:status_changed', undefined],
    ['order:cancelled', 'All items were cancelled.'],
    ['order:status_changed', undefined],
  ], { fields: ['reason'] });
});

test('a cancellation is asked for, refused, asked for again and granted', async () => {
  const { order, guest, phone } = await guestWithOrder();
  const path = `/v1/orders/${order.id}/cancel-request`;
  const direct = await send('PATCH', `/v1/orders/${order.id}`, { token: waiter, body: { status: 'cancelled' }, status: 403 });
  assert.match(direct.body.detail, /cancel-request/);
  const asked = await post(path, { token: guest.token, body: { reason: 'wrong table' }, status: 201 });
  assert.equal(asked.cancelRequest.reason, 'wrong table');
  assert.equal((await send('POST', path, { token: waiter, body: { reason: 'too' }, status: 409 })).body.code, 'cancel_already_requested');
  assert.equal((await get(`/v1/tickets/${order.tickets[0].id}`)).cancelRequest.reason, 'wrong table');
  const kept = await post(`${path}/reject`, { body: { reason: 'on the grill', ticketId: order.tickets[0].id } });
  assert.equal(kept.cancelRequest, undefined);
  assert.equal((await send('POST', `${path}/accept`, { status: 409 })).body.code, 'no_cancel_request');
  await patch(`/v1/orders/${order.id}`, { status: 'confirmed' });
  const late = await send('POST', path, { token: guest.token, body: { reason: 'please' }, status: 409 });
  assert.deepEqual([late.body.code, late.body.currentStatus], ['status_conflict', 'confirmed']);
  await post(path, { token: waiter, body: { reason: 'guest left' }, status: 201 });
  await send('POST', `${path}/accept`, { token: waiter, status: 403 });
  const cancelled = await post(`${path}/accept`);
  assert.equal(cancelled.status, 'cancelled');
  assert.ok(cancelled.items.every(({ status }) => status === 'cancelled'));

  await expectReceived(kitchen, order.id, 'kitchen', [
    ['order:created', undefined],
    ['order:cancel_request', 'wrong table'],
    ['kitchen:cancel_rejected', 'on the grill'],
    ['order:confirmed', undefined],
    ['order:status_changed', undefined],
    ['order:cancel_request', 'guest left'],
    ['kitchen:cancel_accepted', undefined],
    ['order:cancelled', 'guest left'],
    ['order:status_changed', undefined],
  ], { fields: ['reason'] });
  await expectReceived(phone, order.id, 'presence-session', [
    ['order:confirmed'], ['order:status_changed'], ['order:cancelled'], ['order:status_changed'],
  ]);
});

test('If-Match changes only the version that it names', async () => {
  const { order } = await guestWithOrder();
  const move = (status, tag, expected) => send('PATCH', `/v1/orders/${order.id}`, {
    body: { status }, headers: { 'If-Match': tag }, status: expected,
  });
  const moved = await move('confirmed', '"7", "1"', 200);
  assert.equal(moved.headers.get('etag'), '"2"');
  const stale = await move('preparing', '"1"', 412);
  assert.deepEqual([stale.body.code, stale.body.currentVersion], ['version_mismatch', 2]);
  await move('preparing', 'W/"2"', 412);
  assert.equal((await move('preparing', '2', 400)).body.code, 'malformed_if_match');
  await move('preparing', '*', 200);
  const ticket = `/v1/tickets/${order.tickets[0].id}`;
  const shown = await send('GET', ticket);
  assert.equal(shown.headers.get('etag'), '"2"');
  await send('PATCH', ticket, { body: { priority: 'vip' }, headers: { 'If-Match': '"1"' }, status: 412 });
  await send('PATCH', ticket, { body: { priority: 'vip' }, headers: { 'If-Match': '"2"' } });
});
