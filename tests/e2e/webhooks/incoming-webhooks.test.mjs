// Webhooks of Pusher and Ably about who came and went; and the lists that the service asks for when one was lost.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { logIn, request } from '../support/fixtures.mjs';
import { ABLY_KEY, AblyProvider, PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let restaurant;
let harbor;
let oldTown;

before(async () => {
  restaurant = await createRestaurant();
  [harbor, oldTown] = restaurant.demo.branches;
});

after(endAll);

// One service at a time: lists are asked for by the one that relays.
const running = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())));

async function start(environment) {
  const service = await startService(restaurant.database.url, environment);
  running.push(service);
  return service;
}

const OFTEN = { PRESENCE_INTERVAL_SECONDS: '3', PRESENCE_EXPIRY_SECONDS: '30' };
const SELDOM = { PRESENCE_INTERVAL_SECONDS: '600', PRESENCE_EXPIRY_SECONDS: '3600' };

async function startWithPusher(more = SELDOM) {
  const provider = await new PusherProvider().start();
  const environment = {
    PUSH_ADAPTERS: 'pusher',
    PUSHER_APP_ID: PUSHER.appId,
    PUSHER_KEY: PUSHER.key,
    PUSHER_SECRET: PUSHER.secret,
    PUSHER_HOST: provider.url,
    ...more,
  };
  const service = await start(environment);
  // Its first round ends whoever the provider does not list.
  await waitUntil('the first round', () => provider.listings > 0);
  return { provider, service, environment };
}

const post = (service, name, { headers, raw }) => request(service, 'POST', `/webhooks/${name}`, { headers, raw });
const kitchenAt = (branch) => `presence-kitchen-${branch.id}`;
const joined = (branch, id) => ({ name: 'member_added', channel: kitchenAt(branch), user_id: id });
const left = (branch, id) => ({ name: 'member_removed', channel: kitchenAt(branch), user_id: id });

const tokens = new Map();

async function displays(service, branch) {
  if (!tokens.has(branch)) tokens.set(branch, await logIn(service, branch, 'WAITER'));
  const token = tokens.get(branch);
  const answer = await request(service, 'GET', `/v1/branches/${branch.id}/displays`, { token });
  assert.equal(answer.status, 200);
  return answer.body;
}

const shown = async (service, branch) => (await displays(service, branch)).displays.map(({ memberId }) => memberId).sort();
const waitUntilShown = (service, branch, ids) =>
  waitUntil(`${ids} at ${branch.name}`, async () => JSON.stringify(await shown(service, branch)) === JSON.stringify(ids));

test('webhooks of Pusher say who is there, whatever their order and however often they come', async () => {
  const { provider, service } = await startWithPusher();
  const now = Date.now();
  const late = provider.webhook([joined(harbor, 'staff-late')], now - 2_000);
  assert.equal((await post(service, 'pusher', provider.webhook([left(harbor, 'staff-late')], now - 1_000))).status, 204);
  assert.equal((await post(service, 'pusher', late)).status, 204);
  const first = provider.webhook([{ name: 'channel_occupied', channel: kitchenAt(harbor) }, joined(harbor, 'staff-1'), joined(harbor, 'staff-2')], now);
  for (let i = 0; i < 3; ++i) assert.equal((await post(service, 'pusher', first)).status, 204);
  await waitUntilShown(service, harbor, ['staff-1', 'staff-2']);
  await post(service, 'pusher', provider.webhook([left(harbor, 'staff-1')], now + 1));
  await waitUntilShown(service, harbor, ['staff-2']);
  assert.equal((await post(service, 'pusher', first)).status, 204);
  await post(service, 'pusher', provider.webhook([joined(harbor, 'staff-3')], now + 2));
  await waitUntilShown(service, harbor, ['staff-2', 'staff-3']);
  const { asOf, displays: list } = await displays(service, harbor);
  assert.ok(Date.parse(asOf) >= now);
  assert.ok(list.every(({ source }) => source === 'pusher'));
});

test('forged, stale and malformed webhooks change nothing', async () => {
  const { provider, service } = await startWithPusher();
  const good = provider.webhook([joined(oldTown, 'staff-evil')]);
  const refusals = [
    [{ ...good, headers: { ...good.headers, 'x-pusher-signature': '0'.repeat(64) } }, 401, 'webhook_forged'],
    [{ ...good, headers: { ...good.headers, 'x-pusher-key': 'otherkey' } }, 401, 'webhook_forged'],
    [{ raw: good.raw, headers: { 'content-type': 'application/json' } }, 401, 'webhook_forged'],
    [{ ...good, raw: `${good.raw}\n` }, 401, 'webhook_forged'],
    [provider.webhook([joined(oldTown, 'staff-evil')], Date.now() - 3_600_000), 400, 'webhook_stale'],
    [provider.webhook('no list'), 400, 'webhook_malformed'],
  ];
  for (const [webhook, status, code] of refusals) {
    const answer = await post(service, 'pusher', webhook);
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
  }
  assert.equal((await post(service, 'ably', good)).body.code, 'webhook_not_configured');
  await post(service, 'pusher', provider.webhook([joined(oldTown, 'staff-good')]));
  await waitUntilShown(service, oldTown, ['staff-good']);
});

test('a member whose leave was lost is healed by asking Pusher', async () => {
  const { provider, service } = await startWithPusher(OFTEN);
  provider.users.set(kitchenAt(harbor), ['staff-5', 'staff-6']);
  await waitUntilShown(service, harbor, ['staff-5', 'staff-6']);
  provider.users.set(kitchenAt(harbor), ['staff-6']);
  await waitUntilShown(service, harbor, ['staff-6']);
  provider.users.clear();
  await waitUntilShown(service, harbor, []);
  assert.deepEqual(provider.complaints, []);
});

test('what was stored before kill -9 is processed after it', async () => {
  const { provider, service, environment } = await startWithPusher();
  const now = Date.now();
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => post(service, 'pusher', provider.webhook([joined(oldTown, `staff-k${i}`)], now + i))),
  );
  await service.kill();
  assert.ok(answers.every(({ status }) => status === 204));
  await start(environment);
  // By now the provider lists nobody: who came by webhook is known to have been there.
  await waitUntil('all of them', async () => {
    const rows = await restaurant.database.query(`
      select (select count(*) from webhook_receipts where processed_at is null or failure is not null)::int as open,
        (select count(*) from presence_members where member_id like 'staff-k%')::int as heard`);
    return rows[0].open === 0 && rows[0].heard === 40;
  });
});

test('Ably reports members by webhooks, and by its lists', async () => {
  const provider = await new AblyProvider().start();
  const token = 'token-of-the-rule-1';
  const service = await start({
    PUSH_ADAPTERS: 'ably',
    ABLY_API_KEY: ABLY_KEY,
    ABLY_REST_HOST: provider.url,
    ABLY_WEBHOOK_TOKEN: token,
    ...OFTEN,
  });
  const channel = `kitchen:${harbor.id}`;
  const member = (clientId, action, timestamp = Date.now()) => ({ clientId, connectionId: `c-${clientId}`, timestamp, action, data: '{"name":"Kim"}', encoding: 'json' });
  provider.presence.set(channel, ['staff-1', 'staff-2', 'staff-3'].map((id) => member(id, 1)));
  await waitUntilShown(service, harbor, ['staff-1', 'staff-2', 'staff-3']);
  provider.presence.set(channel, [member('staff-1', 1), member('staff-4', 1)]);
  const item = { webhookId: 'w', source: 'channel.presence', timestamp: Date.now(), name: 'presence.message', data: { channelId: channel, presence: [member('staff-4', 2)] } };
  assert.equal((await post(service, 'ably', provider.webhook([item]))).status, 204);
  await waitUntilShown(service, harbor, ['staff-1', 'staff-4']);
  const single = JSON.stringify({ source: 'channel.presence', channel: `kitchen:${oldTown.id}`, timestamp: Date.now(), presence: [member('staff-9', 2)] });
  assert.equal((await post(service, 'ably', { raw: single, headers: { 'content-type': 'application/json' } })).status, 401);
  assert.equal((await post(service, 'ably', { raw: single, headers: { 'content-type': 'application/json', 'x-webhook-token': token } })).status, 204);
  assert.deepEqual(provider.complaints, []);
});
