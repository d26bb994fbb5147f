// The built-in server's webhooks about what happens on its channels; the vendors' own packages verify what arrives.

import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import PusherServer from 'pusher';
import PusherModule from 'pusher-js';
import { Webhook } from 'standardwebhooks';
import { endAll, endLater } from '../support/cleanup.mjs';
import { Device, logIn, logs, request } from '../support/fixtures.mjs';
import { commandEnvironment, createRestaurant, runCommand, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const PusherClient = PusherModule.Pusher ?? PusherModule.default ?? PusherModule;
const KEY = 'relaykey01';
const SECRET = 'relay-secret-For-Tests-of-enough-characters';

const pusher = new PusherServer({ appId: '77001', key: KEY, secret: SECRET, cluster: 'any' });
const standard = new Webhook(SECRET, { format: 'raw' });

class PusherWebhookReceiver extends WebhookReceiver {
  /** All events taken so far, of webhooks whose signatures both packages accept. */
  events() {
    return this.taken.flatMap((hook) => {
      const webhook = pusher.webhook(hook);
      assert.equal(webhook.isValid(), true, hook.rawBody);
      standard.verify(hook.rawBody, hook.headers);
      return webhook.getEvents();
    });
  }

  eventsOf(channel) {
    return this.events().filter((event) => event.channel === channel);
  }
}

const receive = () => new PusherWebhookReceiver().start();

let restaurant;
let harbor;

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
});

after(endAll);

const OPERATOR_TOKEN = 'an operator token of enough characters for a test';

const serve = (receiver, more = {}) =>
  startService(restaurant.database.url, {
    OPERATOR_TOKEN,
    BUILTIN_WEBHOOK_URLS: receiver.url,
    BUILTIN_WEBHOOK_PRIVATE_ADDRESSES: 'true',
    BUILTIN_WEBHOOK_HTTP: 'true',
    BUILTIN_WEBHOOK_GRACE_SECONDS: '1',
    BUILTIN_PRESENCE_GRACE_SECONDS: '0',
    BUILTIN_CLIENT_EVENTS: 'true',
    BUILTIN_SUBSCRIPTION_COUNTS: 'true',
    ...more,
  });

async function connect(service, userId) {
  const client = new PusherClient(KEY, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: service.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, callback) => {
        const channel_data = channelName.startsWith('presence-') ? JSON.stringify({ user_id: userId }) : undefined;
        const text = [socketId, channelName, ...(channel_data ? [channel_data] : [])].join(':');
        callback(null, { auth: `${KEY}:${createHmac('sha256', SECRET).update(text).digest('hex')}`, channel_data });
      },
    },
  });
  endLater(() => client.disconnect());
  await waitUntil('the connection', () => client.connection.state === 'connected');
  return client;
}

async function join(client, name) {
  const channel = client.subscribe(name);
  await waitUntil(`to join ${name}`, () => channel.subscribed);
  return channel;
}

const names = (events) => events.map(({ name, user_id: user }) => (user ? `${name} ${user}` : name));

test('what happens on a channel is sent in order, each event with an id and the next number', async () => {
  const receiver = await receive();
  const service = await serve(receiver);
  const ann = await connect(service, 'ann');
  const bob = await connect(service, 'bob');
  const lobby = await join(ann, 'presence-lobby');
  await join(bob, 'presence-lobby');
  lobby.trigger('client-typing', { on: true });
  await waitUntil('the client event', () => receiver.eventsOf('presence-lobby').length === 4);
  await join(ann, 'cache-prices');
  ann.disconnect();
  // Two sockets end in either order: the second leaves once the first is known to be gone.
  await waitUntil("ann's removal", () => receiver.eventsOf('presence-lobby').length === 5);
  bob.disconnect();
  await waitUntil('the empty channel', () => receiver.eventsOf('presence-lobby').length === 7);
  const events = receiver.eventsOf('presence-lobby');
  assert.deepEqual(names(events), [
    'channel_occupied',
    'member_added ann',
    'member_added bob',
    'client_event ann',
    'member_removed ann',
    'member_removed bob',
    'channel_vacated',
  ]);
  const [, , , typed] = events;
  assert.deepEqual([typed.event, typed.data], ['client-typing', '{"on":true}']);
  assert.match(typed.socket_id, /^\d+\.\d+$/);
  events.forEach(({ sequence }, place) => assert.equal(sequence, events[0].sequence + place));
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
  await waitUntil('the free channel to be vacated', () => names(receiver.eventsOf('cache-prices')).includes('channel_vacated'));
  assert.deepEqual(names(receiver.eventsOf('cache-prices')).sort(), [
    'cache_miss',
    'channel_occupied',
    'channel_vacated',
    'subscription_count',
    'subscription_count',
  ]);

  const cook = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await cook.join(`presence-kitchen-${harbor.id}`);
  await waitUntil("the kitchen's own channel", () => names(receiver.eventsOf(`presence-kitchen-${harbor.id}`)).some((name) => name.startsWith('member_added')));
  await service.stop();
});

test('a reconnect sends nothing', async () => {
  const receiver = await receive();
  const service = await serve(receiver, { BUILTIN_WEBHOOK_GRACE_SECONDS: '3' });
  const first = await connect(service, 'ann');
  await join(first, 'presence-den');
  await waitUntil('her coming', () => receiver.eventsOf('presence-den').length === 2);
  first.disconnect();
  const again = await connect(service, 'ann');
  await join(again, 'presence-den');
  const watcher = await connect(service, 'watcher');
  await join(watcher, 'marker');
  watcher.unsubscribe('marker');
  // The marker was left after she was: its end of the grace is behind hers.
  await waitUntil('the marker to be vacated', () => names(receiver.eventsOf('marker')).includes('channel_vacated'));
  assert.deepEqual(names(receiver.eventsOf('presence-den')), ['channel_occupied', 'member_added ann']);
  await service.stop();
});

test('killed between storing and sending, it loses nothing and sends the same bytes', async () => {
  const receiver = await receive();
  receiver.answer = () => 'hang';
  const killed = await serve(receiver);
  const ann = await connect(killed, 'ann');
  await join(ann, 'presence-cellar');
  await waitUntil('the first attempt', () => receiver.attempts.length > 0);
  await killed.kill();
  ann.disconnect();
  const [first] = receiver.attempts;
  receiver.answer = () => 200;
  // The dead one's claim of the endpoint holds for 30 s.
  const service = await serve(receiver);
  await waitUntil('what was stored', () => receiver.eventsOf('presence-cellar').length >= 2);
  assert.deepEqual(names(receiver.eventsOf('presence-cellar').slice(0, 2)), ['channel_occupied', 'member_added ann']);
  const again = receiver.taken.find((hook) => hook.headers['webhook-id'] === first.headers['webhook-id']);
  assert.equal(again.rawBody, first.rawBody);
  await waitUntil('the members of the killed instance to be removed', () => names(receiver.eventsOf('presence-cellar')).includes('channel_vacated'));
  await service.stop();
});

test('attempts are listed, and can be made again', async () => {
  const receiver = await receive();
  let failures = 2;
  receiver.answer = () => (failures-- > 0 ? 307 : 200);
  const service = await serve(receiver);
  const ann = await connect(service, 'ann');
  await join(ann, 'attic');
  await waitUntil('the third attempt', () => receiver.taken.length > 0);
  const id = receiver.taken[0].headers['webhook-id'];
  const listed = await waitUntil('it to be settled', async () => {
    const { body } = await request(service, 'GET', '/v1/webhooks?state=delivered', { token: OPERATOR_TOKEN });
    return body.webhooks.find((webhook) => webhook.id === id);
  });
  assert.deepEqual(listed.history.map(({ attempt, status, reason }) => [attempt, status, reason]), [
    [1, 307, 'status_307'],
    [2, 307, 'status_307'],
    [3, 200, 'delivered'],
  ]);
  assert.equal(listed.history[2].answer, 'noted');

  const before = receiver.taken.length;
  const once = { token: OPERATOR_TOKEN, headers: { 'Idempotency-Key': randomUUID() } };
  assert.equal((await request(service, 'POST', `/v1/webhooks/${id}/replay`, once)).status, 202);
  await waitUntil('it again', () => receiver.taken.slice(before).some((hook) => hook.headers['webhook-id'] === id));
  const copies = receiver.taken.filter((hook) => hook.headers['webhook-id'] === id);
  assert.equal(copies[1].rawBody, copies[0].rawBody);

  const command = (...words) => runCommand(words, commandEnvironment(restaurant.database.url));
  await waitUntil('the command to list it as delivered', async () => {
    const { code, stdout } = await command('webhook-list', '--state', 'delivered', '--endpoint', listed.endpointId);
    assert.equal(code, 0);
    return JSON.parse(stdout).some((webhook) => webhook.id === id && webhook.lastReason === 'delivered');
  });
  const repeated = await request(service, 'POST', `/v1/webhooks/${id}/replay`, once);
  assert.deepEqual([repeated.status, repeated.headers.get('idempotent-replayed')], [202, 'true']);
  assert.deepEqual(repeated.body, { id, state: 'pending' });
  assert.equal((await command('webhook-replay', id)).code, 0);
  const count = () => receiver.taken.filter((hook) => hook.headers['webhook-id'] === id).length;
  await waitUntil('it a third time', () => count() >= 3);
  assert.equal(JSON.parse((await command('webhook-endpoints')).stdout)[0].id, listed.endpointId);
  assert.equal((await command('webhook-enable', listed.endpointId)).code, 0);
  assert.equal((await command('webhook-enable', id)).code, 2, 'no endpoint');
  assert.equal((await command('webhook-list', '--state', 'lost')).code, 2);
  assert.equal(count(), 3, 'a repeated request sent nothing');

  const manager = await logIn(service, harbor, 'MANAGER');
  assert.equal((await request(service, 'GET', '/v1/webhooks', { token: manager })).status, 403);
  // They carry what happens in all restaurants, so no restaurant's ADMIN sees or moves them.
  const admin = await logIn(service, harbor, 'ADMIN');
  const { body: own } = await request(service, 'GET', '/v1/webhooks', { token: admin });
  assert.deepEqual(own.webhooks, []);
  const { body: receivers } = await request(service, 'GET', '/v1/webhook-endpoints', { token: admin });
  assert.deepEqual(receivers.endpoints, []);
  const replayed = await request(service, 'POST', `/v1/webhooks/${id}/replay`, { token: admin });
  assert.deepEqual([replayed.status, replayed.body.code], [404, 'webhook_not_found']);
  const enabled = await request(service, 'POST', `/v1/webhook-endpoints/${listed.endpointId}/enable`, { token: admin });
  assert.deepEqual([enabled.status, enabled.body.code], [404, 'endpoint_not_found']);
  assert.equal((await request(service, 'GET', '/v1/webhooks', { token: `${OPERATOR_TOKEN}x` })).status, 401);
  assert.equal((await request(service, 'GET', '/v1/orders', { token: OPERATOR_TOKEN })).status, 401, 'no caller of a restaurant');
  assert.ok(!service.lines.join('\n').includes(OPERATOR_TOKEN));
  await service.stop();
});

test('an endpoint that is gone is disabled, and enabled again by the API', async () => {
  const receiver = await receive();
  receiver.answer = () => 410;
  const service = await serve(receiver);
  const ann = await connect(service, 'ann');
  await join(ann, 'roof');
  const endpoints = async () => (await request(service, 'GET', '/v1/webhook-endpoints', { token: OPERATOR_TOKEN })).body.endpoints;
  const disabled = await waitUntil('the endpoint to be disabled', async () => (await endpoints()).find(({ state }) => state === 'disabled'));
  assert.equal(disabled.disabledReason, 'gone');
  await logs(service, 'webhook_endpoint_disabled');
  receiver.answer = () => 200;
  const enable = (key) =>
    request(service, 'POST', `/v1/webhook-endpoints/${disabled.id}/enable`, {
      token: OPERATOR_TOKEN,
      headers: { 'Idempotency-Key': key },
    });
  const enabled = await enable('once');
  assert.deepEqual([enabled.status, enabled.body.state], [200, 'enabled']);
  const repeated = await enable('once');
  assert.deepEqual([repeated.status, repeated.body.state], [200, 'enabled']);
  assert.equal(repeated.headers.get('idempotent-replayed'), 'true');
  assert.equal((await enable('')).status, 422);
  await waitUntil('what waited', () => names(receiver.eventsOf('roof')).includes('channel_occupied'));
  await service.stop();
});

test('addresses of a private network are refused unless allowed, whatever their name', async () => {
  const receiver = await receive();
  const service = await serve({ url: receiver.url.replace('127.0.0.1', 'localhost') }, { BUILTIN_WEBHOOK_PRIVATE_ADDRESSES: 'false' });
  const ann = await connect(service, 'ann');
  await join(ann, 'garden');
  const refused = await waitUntil('the attempt', async () => {
    const { body } = await request(service, 'GET', '/v1/webhooks?state=pending', { token: OPERATOR_TOKEN });
    return body.webhooks.find(({ history }) => history.length > 0 && history[0].reason === 'address_refused');
  });
  assert.equal(refused.history[0].status, undefined);
  assert.equal(receiver.attempts.length, 0);
  await service.stop();
});
