// Orders reach the displays of their branch, and nobody else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let service;
let harbor;
let oldTown;

const device = (token, options) => new Device(service, token, options);

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  service = await startService(restaurant.database.url);
});

after(endAll);

test('an order reaches the kitchen display of its branch, whole, and of no other branch', async () => {
  const near = device(await logIn(service, harbor, 'KITCHEN'));
  const far = device(await logIn(service, oldTown, 'KITCHEN'));
  await near.join(`presence-kitchen-${harbor.id}`);
  await far.join(`presence-kitchen-${oldTown.id}`);
  const table = harbor.tables[0];
  const item = harbor.menuItems[0];
  const guest = await sitDown(service, table);

  const order = await placeOrder(service, guest.token, {
    items: [{ menuItemId: item.id, quantity: 2, note: 'no <b>onions</b> — ünïcode' }],
    customerName: 'Zoë',
  });

  const [event] = await near.received('order:created');
  assert.equal(event.type, 'order:created');
  assert.equal(event.orderId, order.id);
  assert.equal(event.orderNumber, order.orderNumber);
  assert.equal(event.tableNumber, table.number);
  assert.equal(event.customerName, 'Zoë');
  assert.equal(event.status, 'pending');
  assert.equal(event.totalAmount, 2 * item.price);
  assert.equal(event.items[0].note, 'no <b>onions</b> — ünïcode');
  assert.match(event.id, /^[0-9a-f-]{36}$/);
  assert.ok(event.seq >= 1);
  // What comes later to the other branch proves that this one did not.
  await placeOrder(service, (await sitDown(service, oldTown.tables[0])).token, orderOf(oldTown));
  const [elsewhere] = await far.received('order:created');
  assert.notEqual(elsewhere.orderId, order.id);
  assert.equal(elsewhere.seq, 1);
  assert.equal(far.events.filter(({ data }) => data.orderId === order.id).length, 0);
});

test('a guest sees its own order move, and not the neighbour’s', async () => {
  const cook = await logIn(service, harbor, 'KITCHEN');
  const me = await sitDown(service, harbor.tables[1], { name: 'Ada' });
  const neighbour = await sitDown(service, harbor.tables[2]);
  const phone = device(me.token);
  await phone.join(`presence-session-${me.session.id}`);
  const mine = await placeOrder(service, me.token, orderOf(harbor));
  const other = await placeOrder(service, neighbour.token, orderOf(harbor));

  for (const id of [other.id, mine.id]) {
    for (const status of ['confirmed', 'COOKING', 'ready', 'served']) {
      const moved = await request(service, 'PATCH', `/v1/orders/${id}`, { token: cook, body: { status } });
      assert.equal(moved.status, 200, JSON.stringify(moved.body));
    }
  }

  const moves = await phone.received('order:status_changed', 4);
  assert.deepEqual(moves.map((move) => move.status), ['confirmed', 'preparing', 'ready', 'served']);
  assert.deepEqual(moves.map((move) => move.previousStatus), ['pending', 'confirmed', 'preparing', 'ready']);
  assert.ok(phone.events.every(({ data }) => data.orderId === undefined || data.orderId === mine.id));
  const seqs = phone.events.map(({ data }) => data.seq);
  assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i), 'seq has no gaps');
  const channels = await request(service, 'GET', '/v1/realtime', { token: me.token });
  assert.deepEqual(
    channels.body.channels.map(({ providerName }) => providerName),
    [`presence-session-${me.session.id}`, `private-table-${harbor.tables[1].id}`, `menu-${harbor.id}`],
  );
});

test('displays of another branch, guests and waiters are refused the kitchen with 403 and a reason', async () => {
  const channel = `presence-kitchen-${harbor.id}`;
  const guest = await sitDown(service, harbor.tables[3]);
  for (const token of [await logIn(service, oldTown, 'KITCHEN'), await logIn(service, harbor, 'WAITER'), guest.token]) {
    const refused = await device(token).refusal(channel);
    assert.equal(refused.status, 403);
    const direct = await request(service, 'POST', '/v1/realtime/pusher/auth', {
      token,
      body: { socket_id: '1.2', channel_name: channel },
    });
    assert.equal(direct.status, 403);
    assert.ok(direct.body.detail.length > 10, 'with a reason');
  }
});

test('a wrong signature is refused by the server, and the connection lives on', async () => {
  const display = device('', {
    channelAuthorization: {
      customHandler: (_, done) => done(null, { auth: `relaykey01:${'0'.repeat(64)}`, channel_data: '{"user_id":"staff-x"}' }),
    },
  });
  const channel = display.pusher.subscribe(`presence-kitchen-${harbor.id}`);
  await display.join(`menu-${harbor.id}`); // answered after the refusal, on the same connection
  assert.equal(channel.subscribed, false);
  assert.match(display.errors[0].data.message ?? display.errors[0].error?.data?.message, /^Invalid signature/);
});

test('two displays see each other come and go; two tabs of one person are one member', async () => {
  const name = `presence-kitchen-${oldTown.id}`;
  const cook = await logIn(service, oldTown, 'KITCHEN');
  const manager = await logIn(service, oldTown, 'MANAGER');
  const first = device(cook);
  const members = await first.join(name);
  const came = [];
  const went = [];
  members.bind('pusher:member_added', (member) => came.push(member));
  members.bind('pusher:member_removed', (member) => went.push(member));

  const second = device(manager);
  const both = await second.join(name);
  const tab = device(manager);
  await tab.join(name);
  // A further event on the same channel comes after all that were sent before it.
  await placeOrder(service, (await sitDown(service, oldTown.tables[1])).token, orderOf(oldTown));
  await first.received('order:created');

  assert.equal(both.members.count >= 2, true);
  assert.equal(both.members.me.info.role, 'MANAGER');
  assert.equal(came.length, 1, 'the second tab is no new member');
  assert.match(came[0].id, /^staff-[0-9a-f-]{36}$/);
  assert.deepEqual(Object.keys(came[0].info).sort(), ['name', 'role']);

  tab.leave();
  second.leave();
  await waitUntil('the manager to leave', () => went.length > 0);
  assert.equal(went.length, 1);
  assert.equal(went[0].id, came[0].id);
});
