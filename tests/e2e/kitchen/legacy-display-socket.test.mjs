// The plain WebSocket of legacy kitchen displays, beside displays on the SDK.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import * as legacy from '../support/legacy_display.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

let service;
let harbor;
let oldTown;

before(async () => {
  const restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  service = await startService(restaurant.database.url);
});

after(endAll);

const openDisplay = (token) => legacy.openDisplay(service, token);
const refusal = (query) => legacy.refusal(service, query);

test('a display receives the orders of its own branch, in its own format', async () => {
  const token = await logIn(service, harbor, 'KITCHEN');
  const near = await openDisplay(token);
  const far = await openDisplay(await logIn(service, oldTown, 'KITCHEN'));
  const guest = await sitDown(service, harbor.tables[0]);

  const order = await placeOrder(service, guest.token, {
    items: [{ menuItemId: harbor.menuItems[0].id, quantity: 2, note: 'no <b>onions</b> — ünïcode' }],
  });

  const created = await near.received('NEW_ORDER', order.id);
  assert.equal(created.status, 'SENT');
  assert.equal(created.table, order.table);
  assert.equal(created.itemCount, 1);
  assert.equal(created.items[0].quantity, 2);
  assert.equal(created.items[0].note, 'no <b>onions</b> — ünïcode');
  assert.equal(created.timestamp, order.createdAt);
  for (const status of ['preparing', 'ready', 'served']) {
    const moved = await request(service, 'PATCH', `/v1/orders/${order.id}`, { token, body: { status } });
    assert.equal(moved.status, 200, JSON.stringify(moved.body));
  }
  await waitUntil('three updates', () => near.messages.length >= 4);
  assert.deepEqual(
    near.messages.map(({ type, status }) => [type, status]),
    [['NEW_ORDER', 'SENT'], ['ORDER_UPDATED', 'SENT'], ['ORDER_UPDATED', 'READY'], ['ORDER_UPDATED', 'COMPLETED']],
  );
  assert.deepEqual(Object.keys(near.messages[1]), ['type', 'orderId', 'status', 'table', 'itemCount', 'timestamp']);
  // What comes later to the other branch proves that this one did not.
  const other = await placeOrder(service, (await sitDown(service, oldTown.tables[0])).token, orderOf(oldTown));
  await far.received('NEW_ORDER', other.id);
  assert.deepEqual(far.messages.map(({ orderId }) => orderId), [other.id]);
  near.socket.terminate();
  far.socket.terminate();
});

test('whoever may not join the kitchen is refused before the upgrade, and no token is logged', async () => {
  const waiter = await logIn(service, harbor, 'WAITER');
  const guest = await sitDown(service, harbor.tables[1]);
  const good = await logIn(service, harbor, 'KITCHEN');
  const forged = `${good.slice(0, good.lastIndexOf('.'))}.${'A'.repeat(43)}`;
  for (const [query, status, code] of [
    ['', 401, 'credential_missing'],
    ['?token=', 401, 'credential_missing'],
    ['?token=nonsense', 401, 'token_invalid'],
    [`?token=${forged}`, 401, 'token_invalid'],
    [`?token=${guest.token}`, 401, 'token_invalid'],
    [`?token=${waiter}`, 403, 'forbidden'],
  ]) {
    const refused = await refusal(query);
    assert.equal(refused.status, status, query.slice(0, 20));
    assert.equal(refused.type, 'application/problem+json');
    assert.equal(refused.body.code, code);
  }
  const log = service.lines.join('\n');
  for (const token of [waiter, guest.token, good, forged]) {
    assert.ok(!log.includes(token) && !log.includes(token.slice(-30)));
  }
});

test('a legacy display is a member, and disappears when it is killed', async () => {
  const channel = `presence-kitchen-${harbor.id}`;
  const managerToken = await logIn(service, harbor, 'MANAGER');
  const manager = new Device(service, managerToken);
  const members = await manager.join(channel);
  const came = [];
  const went = [];
  members.bind('pusher:member_added', (member) => came.push(member));
  members.bind('pusher:member_removed', (member) => went.push(member));
  await waitUntil('the display of the test before to be gone', () => members.members.count === 1);
  came.length = went.length = 0;

  const display = await openDisplay(await logIn(service, harbor, 'KITCHEN'));
  await waitUntil('the display to be seen', () => came.length > 0);
  assert.match(came[0].id, /^staff-[0-9a-f-]{36}$/);
  assert.equal(came[0].info.role, 'KITCHEN');
  assert.equal(typeof came[0].info.name, 'string');

  const waiter = await logIn(service, harbor, 'WAITER');
  const displays = async () => {
    const online = await request(service, 'GET', `/v1/branches/${harbor.id}/displays`, { token: waiter });
    assert.equal(online.status, 200, JSON.stringify(online.body));
    assert.equal(online.body.branchId, harbor.id);
    return online.body.displays;
  };
  const shown = await waitUntil('the display in the list', async () => (await displays()).find(({ memberId }) => memberId === came[0].id));
  assert.equal(shown.source, 'builtin');
  assert.deepEqual([shown.name, shown.role, shown.connections], [came[0].info.name, 'KITCHEN', 1]);
  assert.ok(Math.abs(Date.now() - Date.parse(shown.since)) < 60_000);
  const present = await request(service, 'GET', `/v1/channels/kitchen:${harbor.id}/presence`, { token: managerToken });
  assert.equal(present.body.channel, `kitchen:${harbor.id}`);
  assert.deepEqual(
    present.body.members.map(({ memberId, info }) => [memberId, info.role]).sort(),
    [members.members.me, came[0]].map(({ id, info }) => [id, info.role]).sort(),
  );

  display.socket.terminate();
  await waitUntil('the display to be missed', () => went.length > 0);
  assert.equal(went[0].id, came[0].id);
  await waitUntil('only the manager in the list', async () => (await displays()).map(({ role }) => role).join() === 'MANAGER');
});

test('a display gets a close frame when the service stops', async () => {
  const display = await openDisplay(await logIn(service, harbor, 'KITCHEN'));
  const closed = new Promise((resolve) => display.socket.on('close', resolve));
  await service.stop();
  assert.equal(await withDeadline('the close frame', closed), 1001);
});
