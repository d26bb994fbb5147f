// Two adapters at once, with the real binary: one stands in for the other, or both get everything.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { ABLY_KEY, AblyProvider, PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const AWAY = { status: 503, body: 'away\n' };

let restaurant;
let harbor;
let kitchen;

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  kitchen = `kitchen:${harbor.id}`;
});

after(endAll);

/** {service, pusher?, ably?, guest}: the real service on scripted providers. */
async function start(adapters, more = {}) {
  const names = adapters.split(',');
  const pusher = names.includes('pusher') && (await new PusherProvider().start());
  const ably = names.includes('ably') && (await new AblyProvider().start());
  const service = await startService(restaurant.database.url, {
    PUSH_ADAPTERS: adapters,
    ...(pusher ? { PUSHER_APP_ID: PUSHER.appId, PUSHER_KEY: PUSHER.key, PUSHER_SECRET: PUSHER.secret, PUSHER_HOST: pusher.url } : {}),
    ...(ably ? { ABLY_API_KEY: ABLY_KEY, ABLY_REST_HOST: ably.url } : {}),
    ...more,
  });
  const guest = await sitDown(service, harbor.tables[0]);
  return { service, pusher, ably, guest, order: async () => (await placeOrder(service, guest.token, orderOf(harbor))).id };
}

/** The kitchen's entries of these orders as the outbox has them: [{seq, id, orderId}] */
const recorded = (orderIds) =>
  restaurant.database.query(
    `select o.seq::int as seq, o.event_id as id, e.payload->>'orderId' as "orderId" from outbox o join events e on e.id = o.event_id
     where o.channel = $1 and e.name = 'order:created' and e.payload->>'orderId' = any($2) order by o.seq`,
    [kitchen, orderIds],
  );

const plain = (events) => events.map(({ data: { seq, id, orderId } }) => ({ seq, id, orderId }));
const createdOn = (events, channel, ids) =>
  events.filter(({ channel: where, name, event, data }) => where === channel && (name ?? event) === 'order:created' && ids.includes(data.orderId));
const atPusher = (pusher, ids) => plain(createdOn(pusher.events, `presence-${kitchen.replace(':', '-')}`, ids));
const atAbly = (ably, ids) => plain(createdOn(ably.messages, kitchen, ids));
const onDisplay = (display, ids) => plain(createdOn(display.events, `presence-${kitchen.replace(':', '-')}`, ids));

/** The first arrival of each, in order of arrival. */
function firsts(entries) {
  const seen = new Set();
  return entries.filter(({ id }) => !seen.has(id) && seen.add(id));
}

const inForce = async (service, token) => (await request(service, 'GET', '/v1/realtime', { token })).body;
const circuitOf = async (service, token, name) =>
  (await request(service, 'GET', '/v1/adapters', { token })).body.adapters.find((adapter) => adapter.name === name).circuit;

test('while Pusher is out the built-in server stands in: same ids, same seq, and every client is notified', async () => {
  const { service, pusher, order } = await start('pusher,builtin');
  const cook = await logIn(service, harbor, 'KITCHEN');
  const admin = await logIn(service, harbor, 'ADMIN');
  const display = new Device(service, cook, {
    channelAuthorization: {
      endpoint: `${service.url}/v1/realtime/pusher/auth?provider=builtin`,
      transport: 'ajax',
      headers: { Authorization: `Bearer ${cook}` },
    },
  });
  await display.join(`presence-kitchen-${harbor.id}`);
  const first = await order();
  await waitUntil('the order at Pusher', () => atPusher(pusher, [first]).length > 0);
  assert.equal((await inForce(service, cook)).provider, 'pusher');
  assert.equal(display.events.length, 0, 'the one that stands by gets nothing');

  pusher.permanent = AWAY;
  const during = [await order(), await order()];
  await waitUntil('the orders at the built-in server', () => onDisplay(display, during).length >= during.length);
  assert.deepEqual(firsts(onDisplay(display, during)), await recorded(during));
  const [change] = await display.received('realtime:provider_changed');
  assert.deepEqual([change.provider, change.previousProvider], ['builtin', 'pusher']);
  const offered = await inForce(service, cook);
  assert.equal(offered.provider, 'builtin');
  assert.notEqual((await circuitOf(service, admin, 'pusher')).state, 'closed');

  // A probe is a batch that another one has delivered, so it comes with the next orders.
  pusher.permanent = null;
  const later = [];
  await waitUntil('Pusher to be in force again', async () => {
    later.push(await order());
    return (await inForce(service, cook)).provider === 'pusher';
  });
  assert.equal((await circuitOf(service, admin, 'pusher')).state, 'closed');
  const afterwards = await order();
  await waitUntil('the next order at Pusher', () => atPusher(pusher, [afterwards]).length > 0);
  assert.deepEqual(firsts(atPusher(pusher, [afterwards])), await recorded([afterwards]));
  assert.deepEqual(firsts(onDisplay(display, [...during, ...later])), await recorded([...during, ...later]), 'none was lost on the way back');
  await waitUntil('the change back', () => display.events.some(({ event, data }) => event === 'realtime:provider_changed' && data.provider === 'pusher'));
  assert.deepEqual(pusher.complaints, []);
  await service.stop();
});

/** What sessions of our database were seen to wait inside a transaction for longer than a moment. */
async function watchTransactions() {
  const client = await restaurant.database.connect();
  const found = [];
  return {
    found,
    async look() {
      const { rows } = await client.query(
        `select state, query from pg_stat_activity
         where datname = current_database() and state like 'idle in transaction%' and now() - state_change > interval '300 ms'`,
      );
      found.push(...rows);
    },
    end: () => client.end(),
  };
}

test('a Pusher that hangs holds no transaction, and Ably stands in', async () => {
  const { service, pusher, ably, order } = await start('pusher,ably');
  const transactions = await watchTransactions();
  pusher.permanent = 'hang';
  const ids = [await order(), await order()];
  await waitUntil('the orders at Ably', async () => {
    await transactions.look();
    return atAbly(ably, ids).length >= ids.length;
  });
  assert.deepEqual(transactions.found, []);
  assert.deepEqual(firsts(atAbly(ably, ids)), await recorded(ids));
  const cook = await logIn(service, harbor, 'KITCHEN');
  assert.equal((await inForce(service, cook)).provider, 'ably');
  await transactions.end();
  await service.stop();
});

test('refused credentials stop one adapter with one error line and no repeated requests', async () => {
  const { service, pusher, ably, order } = await start('pusher,ably');
  pusher.permanent = { status: 401, body: 'Unknown auth_key\n' };
  const ids = [await order()];
  await waitUntil('the order at Ably', () => atAbly(ably, ids).length > 0);
  const asked = pusher.requests;
  for (let n = 0; n < 10; ++n) ids.push(await order());
  await waitUntil('the orders at Ably', () => atAbly(ably, ids).length >= ids.length);
  assert.equal(pusher.requests, asked, 'it is not asked again');
  assert.ok(asked <= 3, `${asked} requests`);
  assert.equal((await circuitOf(service, await logIn(service, harbor, 'ADMIN'), 'pusher')).state, 'stopped');
  const errorLines = () => service.lines.filter((line) => line.includes('"level":"error"') && line.includes('401'));
  const errors = await waitUntil('the line in the log', () => errorLines().length > 0 && errorLines());
  assert.equal(errors.length, 1, service.lines.join('\n'));
  assert.deepEqual(firsts(atAbly(ably, ids)), await recorded(ids));
  await service.stop();
});

test('of a mirror the one that was down catches up in order, and the other never waits', async () => {
  const { service, pusher, ably, order } = await start('pusher,ably', { PUSH_MODE: 'mirror' });
  const first = await order();
  await waitUntil('the order at both', () => atPusher(pusher, [first]).length > 0 && atAbly(ably, [first]).length > 0);
  const transactions = await watchTransactions();
  pusher.permanent = 'hang';
  const during = [];
  for (let n = 0; n < 8; ++n) {
    const began = Date.now();
    during.push(await order());
    await waitUntil('the order at Ably', () => atAbly(ably, during).length >= during.length);
    assert.ok(Date.now() - began < 2_000, 'sooner than any deadline of Pusher');
    await transactions.look();
  }
  assert.deepEqual(atPusher(pusher, during), []);
  pusher.permanent = null;
  await waitUntil('the orders at Pusher', () => atPusher(pusher, during).length >= during.length);
  assert.deepEqual(firsts(atPusher(pusher, during)), await recorded(during));
  assert.deepEqual(firsts(atAbly(ably, during)), await recorded(during));
  assert.deepEqual(transactions.found, []);
  await transactions.end();
  await service.stop();
});

test('of a mirror the one that was down skips what is older than the setting', async () => {
  const { service, pusher, ably, order } = await start('ably,pusher', { PUSH_MODE: 'mirror', MIRROR_SKIP_AFTER_SECONDS: '2' });
  const first = await order();
  await waitUntil('the order at both', () => atPusher(pusher, [first]).length > 0 && atAbly(ably, [first]).length > 0);
  pusher.permanent = AWAY;
  const old = [await order(), await order()];
  await waitUntil('them at Ably', () => atAbly(ably, old).length >= old.length);
  const isOld = async () =>
    (await restaurant.database.query(`select 1 from events where payload->>'orderId' = $1 and occurred_at < now() - interval '3 s'`, [old[1]])).length > 0;
  await waitUntil('them to be old', isOld);
  pusher.permanent = null;
  const fresh = [];
  await waitUntil('a fresh one at Pusher', async () => {
    fresh.push(await order());
    return atPusher(pusher, fresh).length > 0;
  });
  assert.deepEqual(atPusher(pusher, old), [], 'too old to be published');
  const skipped = await restaurant.database.query(
    `select d.seq from deliveries d join outbox o on o.channel = d.channel and o.seq = d.seq join events e on e.id = o.event_id
     where d.adapter = 'pusher' and d.state = 'skipped' and d.channel = $1 and e.payload->>'orderId' = any($2)`,
    [kitchen, old],
  );
  assert.equal(skipped.length, old.length);
  await service.stop();
});
