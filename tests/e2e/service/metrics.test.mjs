// Monitoring: metrics at /metrics, and log lines that join an order to its deliveries.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { createDatabaseProxy } from '../support/database.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { metricValue, parseMetrics } from '../support/metrics.mjs';
import { PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const METRICS_TOKEN = 'a metrics token of enough characters for a test';
const ID = /[0-9a-f]{8}-[0-9a-f]{4}/;

let restaurant;
let harbor;
before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
});
after(endAll);

const start = (more = {}) => startService(restaurant.database.url, { METRICS_TOKEN, BUILTIN_RECONNECT_SECONDS: '0', ...more });

async function scrape(service) {
  const answer = await request(service, 'GET', '/metrics', { token: METRICS_TOKEN });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  return { text: answer.body, metrics: parseMetrics(answer.body) };
}

const valueOf = async (service, name, labels) => metricValue((await scrape(service)).metrics, name, labels);

async function order(service, table = harbor.tables[0]) {
  const guest = await sitDown(service, table);
  return { guest, placed: await placeOrder(service, guest.token, orderOf(harbor)) };
}

test('only the token grants access to the metrics', async () => {
  const service = await start();
  const staff = await logIn(service, harbor, 'ADMIN');
  for (const token of [undefined, 'nonsense', staff, `${METRICS_TOKEN}x`]) {
    const { status, body } = await request(service, 'GET', '/metrics', { token });
    assert.equal(status, 401);
    assert.equal(body.code, token ? 'token_invalid' : 'credential_missing');
  }
  await service.stop();
  const without = await start({ METRICS_TOKEN: '' });
  const { status, body } = await request(without, 'GET', '/metrics', { token: METRICS_TOKEN });
  assert.equal(status, 404);
  assert.equal(body.code, 'metrics_off');
  await without.stop();
});

test('orders move the metrics, and no label has an id or a secret', async () => {
  const service = await start();
  const before = (await scrape(service)).metrics;
  assert.equal(metricValue(before, 'orderpush_build_info'), 1);
  assert.ok(Math.abs(metricValue(before, 'orderpush_process_start_time_seconds') - Date.now() / 1000) < 120);
  const [inUse, resident] = ['in_use', 'resident'].map((kind) => metricValue(before, 'orderpush_memory_bytes', { kind }));
  assert.ok(inUse > 0 && resident > inUse, `${inUse} ${resident}`);
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const { placed } = await order(service);
  await display.received('order:created');
  await waitUntil('the deliveries', async () => (await valueOf(service, 'orderpush_publish_outcomes_total', { adapter: 'builtin', outcome: 'delivered' })) >= 5);
  await waitUntil('an empty outbox', async () => (await valueOf(service, 'orderpush_outbox_entries', { stream: 'builtin' })) === 0);
  const { text, metrics } = await scrape(service);
  const now = (name, labels) => metricValue(metrics, name, labels);
  assert.equal(now('orderpush_http_requests_total', { route: '/v1/orders', method: 'POST', status: '2xx' }), 1);
  assert.equal(now('orderpush_http_request_duration_seconds_count', { route: '/v1/orders' }), 1);
  assert.ok(now('orderpush_publish_latency_seconds_count', { adapter: 'builtin' }) >= 5);
  assert.ok(now('orderpush_publish_call_duration_seconds_count', { adapter: 'builtin' }) >= 1);
  assert.equal(now('orderpush_adapter_circuit_state', { adapter: 'builtin', state: 'closed' }), 1);
  assert.equal(now('orderpush_relay_lease_held', { stream: 'builtin' }), 1);
  assert.equal(now('orderpush_outbox_oldest_entry_age_seconds', { stream: 'builtin' }), 0);
  assert.equal(now('orderpush_hub_connections'), 1);
  assert.equal(now('orderpush_hub_subscriptions'), 1);
  assert.ok(now('orderpush_hub_messages_published_total') >= 5);
  assert.ok(now('orderpush_hub_messages_delivered_total') >= 1);
  assert.equal(now('orderpush_database_up'), 1);
  assert.ok(now('orderpush_database_pool_connections_open') >= 1);
  assert.ok(now('orderpush_database_pool_wait_seconds_count') >= 1);
  for (const { name, labels } of metrics.samples) {
    for (const value of Object.values(labels)) {
      assert.doesNotMatch(value, ID, name);
      assert.ok(value.length <= 64, name);
    }
  }
  for (const secret of [METRICS_TOKEN, placed.id, harbor.id, 'relay-secret-For-Tests']) assert.ok(!text.includes(secret));
  display.leave();
  await service.stop();
});

test('a provider that fails opens the gauge of its circuit', async () => {
  const provider = await new PusherProvider().start();
  provider.permanent = { status: 503, body: 'away\n' };
  const service = await start({
    PUSH_ADAPTERS: 'pusher',
    PUSHER_APP_ID: PUSHER.appId,
    PUSHER_KEY: PUSHER.key,
    PUSHER_SECRET: PUSHER.secret,
    PUSHER_HOST: provider.url,
  });
  const isClosed = () => valueOf(service, 'orderpush_adapter_circuit_state', { adapter: 'pusher', state: 'closed' });
  assert.equal(await isClosed(), 1);
  await order(service, harbor.tables[1]);
  await waitUntil('an open circuit', async () => (await isClosed()) === 0);
  const { metrics } = await scrape(service);
  const states = ['closed', 'open', 'half_open', 'stopped'].map((state) => metricValue(metrics, 'orderpush_adapter_circuit_state', { adapter: 'pusher', state }));
  assert.equal(states.reduce((sum, each) => sum + each), 1);
  assert.ok(metricValue(metrics, 'orderpush_outbox_entries', { stream: 'pusher' }) >= 5);
  assert.ok(metricValue(metrics, 'orderpush_publish_outcomes_total', { adapter: 'pusher', outcome: 'retry' }) >= 1);
  provider.permanent = null;
  await waitUntil('a closed circuit', async () => (await isClosed()) === 1);
  await waitUntil('an empty outbox', async () => (await valueOf(service, 'orderpush_outbox_entries', { stream: 'pusher' })) === 0);
  await service.stop();
});

test('without the database the metrics are there, and say so', async () => {
  const proxy = await createDatabaseProxy(restaurant.database.url);
  const service = await startService(proxy.url, { METRICS_TOKEN });
  await waitUntil('the database', async () => (await valueOf(service, 'orderpush_database_up')) === 1);
  const entries = await valueOf(service, 'orderpush_outbox_entries', { stream: 'builtin' });
  proxy.disconnect();
  await waitUntil('its end', async () => (await valueOf(service, 'orderpush_database_up')) === 0);
  assert.equal(await valueOf(service, 'orderpush_outbox_entries', { stream: 'builtin' }), entries, 'as last known');
  proxy.reconnect();
  await waitUntil('its return', async () => (await valueOf(service, 'orderpush_database_up')) === 1);
  await service.stop();
});

test("from an order's id the log leads to its request, its events and their deliveries", async () => {
  const service = await start({ LOG_LEVEL: 'debug' });
  const guest = await sitDown(service, harbor.tables[2]);
  const body = orderOf(harbor);
  const placed = await placeOrder(service, guest.token, body, { 'X-Request-Id': 'join-me' });
  const lines = () => service.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const about = (event, fields) => lines().filter((line) => line.event === event && Object.entries(fields).every(([name, value]) => line[name] === value));
  const accepted = await waitUntil('the order in the log', () => about('order_accepted', { orderId: placed.id })[0]);
  assert.equal(accepted.level, 'info');
  assert.equal(accepted.requestId, 'join-me');
  await waitUntil('the request in the log', () => about('request', { requestId: 'join-me' }).length > 0);
  const recorded = about('event_recorded', { orderId: placed.id, requestId: 'join-me' });
  assert.deepEqual(recorded.map(({ name }) => name), ['order:created']);
  const { eventId } = recorded[0];
  await waitUntil('its deliveries', () => about('delivery_done', { eventId }).length >= 5);
  const deliveries = about('delivery_done', { eventId });
  for (const { channel, seq, adapter, deliveryId } of deliveries) {
    assert.equal(adapter, 'builtin');
    assert.equal(deliveryId, `builtin.${channel}.${seq}`);
  }
  assert.ok(deliveries.some(({ channel }) => channel === `kitchen:${harbor.id}`));
  assert.equal(about('request', { requestId: 'join-me', route: '/v1/orders' }).length, 1);
  assert.ok(!service.lines.join('\n').includes(guest.token));
  await service.stop();
});
