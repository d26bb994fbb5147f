// Several instances on one database: what one of them pushes, all of them do.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import PusherServer from 'pusher';
import { endAll } from '../support/cleanup.mjs';
import { Device, becomesReady, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const SHARED = {
  BROKER: 'postgres',
  BUILTIN_RECONNECT_SECONDS: '0',
  INSTANCE_DEAD_SECONDS: '5',
  BUILTIN_CLIENT_EVENTS: 'true',
  BUILTIN_CLIENT_EVENTS_PER_SECOND: '100',
  BUILTIN_SUBSCRIPTION_COUNTS: 'true',
};

let restaurant;
let harbor;
let oldTown;
let a;
let b;

const kitchenOf = (branch) => `presence-kitchen-${branch.id}`;

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
  a = await startService(restaurant.database.url, SHARED);
  await becomesReady(a);
  b = await startService(restaurant.database.url, SHARED);
  await becomesReady(b);
});

after(endAll);

const sign = (text) =>
  `relaykey01:${createHmac('sha256', 'relay-secret-For-Tests-of-enough-characters').update(text).digest('hex')}`;

/** A device of an application of its own, which signs for itself. */
function ownDevice(service, user) {
  return new Device(service, '', {
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, done) => {
        const isPresence = channelName.startsWith('presence-');
        const data = isPresence ? { channel_data: JSON.stringify({ user_id: user.id, user_info: {} }) } : {};
        done(null, { auth: sign([socketId, channelName, ...Object.values(data)].join(':')), ...data });
      },
    },
    userAuthentication: {
      customHandler: ({ socketId }, done) => {
        const user_data = JSON.stringify(user);
        done(null, { auth: sign(`${socketId}::user::${user_data}`), user_data });
      },
    },
  });
}

/** {added, removed}: the ids in the channel's member events. */
function watchMembers(channel) {
  const seen = { added: [], removed: [] };
  channel.bind('pusher:member_added', ({ id }) => seen.added.push(id));
  channel.bind('pusher:member_removed', ({ id }) => seen.removed.push(id));
  return seen;
}

const seqsOf = (device, channel) =>
  device.events.filter((event) => event.channel === channel).map(({ data }) => data.seq);

test('what is ordered at either instance reaches the displays of both, in order', async () => {
  const cook = await logIn(a, harbor, 'KITCHEN');
  const displays = [new Device(a, cook), new Device(b, cook)];
  for (const display of displays) await display.join(kitchenOf(harbor));
  const guests = [
    { service: a, token: (await sitDown(a, harbor.tables[0])).token },
    { service: b, token: (await sitDown(b, harbor.tables[1])).token },
  ];

  const placed = await Promise.all(
    guests.map(async ({ service, token }) => {
      const ids = [];
      for (let i = 0; i < 10; ++i) ids.push((await placeOrder(service, token, orderOf(harbor))).id);
      return ids;
    }),
  );

  for (const display of displays) {
    const events = await display.received('order:created', 20);
    assert.deepEqual(events.map(({ orderId }) => orderId).sort(), placed.flat().sort());
  }
  const [first, second] = displays.map((display) => seqsOf(display, kitchenOf(harbor)));
  const common = Math.min(first.length, second.length);
  assert.deepEqual(first.slice(0, common), second.slice(0, common), 'one order on both');
  assert.deepEqual(first, first.map((_, i) => first[0] + i), 'no gap');
  displays.forEach((display) => display.leave());
});

test('an event far beyond what a notification carries crosses over', async () => {
  const cook = await logIn(b, harbor, 'KITCHEN');
  const near = new Device(a, cook);
  const far = new Device(b, cook);
  for (const display of [near, far]) await display.join(kitchenOf(harbor));
  const guest = await sitDown(a, harbor.tables[2]);
  const note = 'no onions — '.repeat(16).slice(0, 200);
  const items = Array.from({ length: 100 }, () => ({ menuItemId: harbor.menuItems[0].id, quantity: 1, note }));

  const order = await placeOrder(a, guest.token, { items });

  for (const display of [near, far]) {
    await waitUntil('the large order', () => display.events.some(({ data }) => data.orderId === order.id));
    const { data } = display.events.find(({ event, data: d }) => event === 'order:created' && d.orderId === order.id);
    assert.ok(JSON.stringify(data).length > 20_000, `${JSON.stringify(data).length} bytes`);
    display.leave();
  }
});

test('both instances show the members of both, and who comes and goes', async () => {
  const [cook, manager] = [await logIn(a, oldTown, 'KITCHEN'), await logIn(a, oldTown, 'MANAGER')];
  const atA = new Device(a, cook);
  const seen = watchMembers(await atA.join(kitchenOf(oldTown)));
  const atB = new Device(b, manager);
  await atB.join(kitchenOf(oldTown));
  await waitUntil('the manager to be seen at A', () => seen.added.length === 1);

  const presence = `/v1/channels/kitchen:${oldTown.id}/presence`;
  const members = Object.keys(atA.pusher.channel(kitchenOf(oldTown)).members.members).sort();
  assert.equal(members.length, 2);
  for (const service of [a, b]) {
    await waitUntil('both to be listed', async () => {
      const { body } = await request(service, 'GET', presence, { token: manager });
      return isDeepStrictEqual(body.members.map(({ memberId }) => memberId).sort(), members);
    });
  }

  // A second tab, on the other instance: no new member, and none gone while one tab is left.
  const tab = new Device(a, manager);
  const list = await tab.join(kitchenOf(oldTown));
  assert.equal(list.members.count, 2);
  atB.leave();
  await waitUntil('one connection to be left', async () => {
    const { body } = await request(a, 'GET', presence, { token: manager });
    return body.members.every(({ connections }) => connections === 1);
  });
  assert.deepEqual(seen.removed, []);
  tab.leave();
  await waitUntil('the manager to have gone', () => seen.removed.length === 1);
  assert.deepEqual(seen.removed, seen.added);
  atA.leave();
});

test('a table session that is closed at one instance ends its guests’ subscriptions at the other', async () => {
  const waiter = await logIn(a, harbor, 'WAITER');
  const guest = await sitDown(b, harbor.tables[3]);
  const phone = new Device(b, guest.token);
  await phone.join(`presence-session-${guest.session.id}`);
  const closed = await request(a, 'POST', `/v1/sessions/${guest.session.id}/close`, { token: waiter });
  assert.equal(closed.status, 200, JSON.stringify(closed.body));
  await phone.received('session:closed');
  const again = new Device(b, guest.token);
  const refused = await again.refusal(`presence-session-${guest.session.id}`);
  assert.ok(refused);
  phone.leave();
});

test('client events sent at both at once come in the same order to all, and to nobody twice', async () => {
  const senders = [ownDevice(a, { id: 'ann' }), ownDevice(b, { id: 'bob' })];
  const watchers = [ownDevice(a, { id: 'eve' }), ownDevice(b, { id: 'kim' })];
  const channels = [];
  for (const device of senders) channels.push(await device.join('presence-chat'));
  for (const device of watchers) await device.join('presence-chat');
  for (let i = 0; i < 40; ++i) channels.forEach((channel, at) => channel.trigger('client-word', { at, i }));
  const heard = [];
  for (const device of watchers) {
    await waitUntil('all words', () => device.events.filter(({ event }) => event === 'client-word').length >= 80);
    heard.push(device.events.filter(({ event }) => event === 'client-word').map(({ data }) => `${data.at} ${data.i}`));
  }
  assert.equal(heard[0].length, 80);
  assert.deepEqual(heard[0], heard[1]);
  [...senders, ...watchers].forEach((device) => device.leave());
});

test('counts and who is online are those of both', async () => {
  const counted = [];
  const first = ownDevice(a, { id: 'ann', watchlist: ['bob'] });
  const channel = await first.join('news');
  channel.bind('pusher:subscription_count', ({ subscription_count }) => counted.push(subscription_count));
  const second = ownDevice(b, { id: 'bob' });
  await second.join('news');
  await waitUntil('the count of both', () => counted.includes(2));
  const online = [];
  first.pusher.user.watchlist.bind('online', ({ user_ids }) => online.push(...user_ids));
  first.pusher.user.watchlist.bind('offline', ({ user_ids }) => online.push(...user_ids.map((id) => `not ${id}`)));
  first.pusher.signin();
  await waitUntil('bob to be reported offline', () => online.includes('not bob'));
  second.pusher.signin();
  await waitUntil('bob to come online', () => online.at(-1) === 'bob');
  second.leave();
  await waitUntil('bob to go offline', () => online.at(-1) === 'not bob');
  await waitUntil('the count of one', () => counted.at(-1) === 1);
  first.leave();
});

test('through either instance a user is sent to and disconnected, members and counts are answered, and sockets left out', async () => {
  const serverAt = ({ port }) =>
    new PusherServer({ appId: '77001', key: 'relaykey01', secret: 'relay-secret-For-Tests-of-enough-characters', host: '127.0.0.1', port: String(port) });
  const [atA, atB] = [serverAt(a), serverAt(b)];
  const zoe = [ownDevice(a, { id: 'zoe' }), ownDevice(b, { id: 'zoe' })];
  const tom = ownDevice(b, { id: 'tom' });
  const heard = [];
  for (const [i, device] of [...zoe, tom].entries()) {
    await device.join('presence-court');
    await device.join('square');
    device.pusher.user.bind('hello', (data) => heard.push([i, data]));
    device.pusher.signin();
    await waitUntil('the sign-in', () => device.pusher.user.serverToUserChannel?.subscribed);
  }
  const ask = async (server, path, params) => (await server.get({ path, params })).json();
  for (const server of [atA, atB]) {
    const counts = { occupied: true, user_count: 2, subscription_count: 3 };
    // What an instance knows of the other's subscriptions follows within milliseconds.
    await waitUntil('the counts of both', async () =>
      isDeepStrictEqual(await ask(server, '/channels/presence-court', { info: 'user_count,subscription_count' }), counts));
    assert.deepEqual((await ask(server, '/channels/presence-court/users')).users.map(({ id }) => id).sort(), ['tom', 'zoe']);
    assert.deepEqual(await ask(server, '/channels', { filter_by_prefix: 'squ' }), { channels: { square: {} } });
  }
  await atA.sendToUser('zoe', 'hello', 1);
  await atB.sendToUser('zoe', 'hello', 2);
  await waitUntil('both on both', () => heard.length === 4);
  assert.deepEqual(heard.map(([i]) => i).sort(), [0, 0, 1, 1]);

  // Published at A, but not for a socket at B.
  await atA.trigger('square', 'client-first', {}, { socket_id: tom.pusher.connection.socket_id });
  await atA.trigger('square', 'client-second', {});
  await waitUntil('the second', () => tom.events.some(({ event }) => event === 'client-second'));
  assert.ok(!tom.events.some(({ event }) => event === 'client-first'));
  await waitUntil('the first at B', () => zoe[1].events.some(({ event }) => event === 'client-first'));

  await atA.terminateUserConnections('zoe');
  await waitUntil('both to be disconnected', () => zoe.every(({ pusher }) => pusher.connection.state === 'disconnected'));
  assert.ok(zoe.every(({ errors }) => errors.some(({ error }) => error?.data?.code === 4009)));
  assert.equal(tom.pusher.connection.state, 'connected');
  tom.leave();
});

test('when one is killed its members go within the stated time, and the other relays', async () => {
  const [cook, manager] = [await logIn(a, harbor, 'KITCHEN'), await logIn(a, harbor, 'MANAGER')];
  const atA = new Device(a, manager);
  const atB = new Device(b, cook);
  const seen = watchMembers(await atB.join(kitchenOf(harbor)));
  await atA.join(kitchenOf(harbor));
  await waitUntil('the manager to be seen at B', () => seen.added.length === 1);
  const guest = await sitDown(b, harbor.tables[4 % harbor.tables.length]);

  await a.kill();
  atA.leave();
  const killedAt = Date.now();
  const order = await placeOrder(b, guest.token, orderOf(harbor));
  await waitUntil('the order from B’s own relay', () => atB.events.some(({ data }) => data.orderId === order.id));
  await waitUntil('the dead instance’s member to go', () => seen.removed.length === 1);
  // INSTANCE_DEAD_SECONDS, and the interval of 3 s at which the others look, twice at most.
  assert.ok(Date.now() - killedAt < 12_000, `${Date.now() - killedAt} ms`);
  assert.deepEqual(seen.removed, seen.added);

  // One that starts knows at once who is there.
  a = await startService(restaurant.database.url, SHARED);
  await becomesReady(a);
  const list = await new Device(a, manager).join(kitchenOf(harbor));
  assert.equal(list.members.count, 2);
  await waitUntil('the manager to be seen again', () => seen.added.length === 2);
});

test('one that ends says so: its members go after the grace for those who are back elsewhere', async () => {
  const [cook, manager] = [await logIn(b, oldTown, 'KITCHEN'), await logIn(b, oldTown, 'MANAGER')];
  const atA = new Device(a, manager);
  const atB = new Device(b, cook);
  const seen = watchMembers(await atB.join(kitchenOf(oldTown)));
  await atA.join(kitchenOf(oldTown));
  await waitUntil('the manager to be seen at B', () => seen.added.length === 1);

  const endedAt = Date.now();
  await a.stop();
  atA.leave();
  await waitUntil('the member to go', () => seen.removed.length === 1);
  // BUILTIN_PRESENCE_GRACE_SECONDS, and one look of the others.
  assert.ok(Date.now() - endedAt < 8_000, `${Date.now() - endedAt} ms`);
});

test('two that do not share a broker warn about it', async () => {
  const apart = await startService(restaurant.database.url, { BROKER: 'local' });
  const warned = (service) => service.lines.some((line) => line.includes('instances_do_not_hear_each_other'));
  await waitUntil('the newcomer to warn', () => warned(apart));
  await waitUntil('the other to warn', () => warned(b));
  await apart.stop();
});
