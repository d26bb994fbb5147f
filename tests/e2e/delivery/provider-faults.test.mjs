// A hosted provider that fails in every way: orders are late, and none is lost, given up or out of order.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { ABLY_KEY, AblyProvider, PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { DEADLINE_MS, waitUntil } from '../support/wait_until.mjs';


let restaurant;
let harbor;

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
});

after(endAll);

async function start(provider, more = {}) {
  const service = await startService(restaurant.database.url, {
    PUSH_ADAPTERS: 'pusher',
    PUSHER_APP_ID: PUSHER.appId,
    PUSHER_KEY: PUSHER.key,
    PUSHER_SECRET: PUSHER.secret,
    PUSHER_HOST: provider.url,
    ...more,
  });
  const guest = await sitDown(service, harbor.tables[0]);
  return { service, order: async () => (await placeOrder(service, guest.token, orderOf(harbor))).id };
}

const kitchenHas = (provider, ids) => {
  const seen = provider.events.filter(({ channel, name }) => channel === `presence-kitchen-${harbor.id}` && name === 'order:created');
  return ids.every((id) => seen.some(({ data }) => data.orderId === id));
};

/** First arrivals per channel come without a gap behind the first. */
function assertOrdered(events) {
  const last = new Map();
  for (const { channel, data } of events) {
    const before = last.get(channel) ?? data.seq - 1;
    assert.ok(data.seq <= before + 1, `${channel}: ${data.seq} behind ${before}`);
    last.set(channel, Math.max(before, data.seq));
  }
}

for (const [what, answer] of Object.entries({
  'answers 500': { status: 500, body: 'oops\n' },
  'resets the connection': 'reset',
  'closes it in the middle of the answer': 'half',
  'answers with what is no HTTP': 'garbage',
  'answers 200 with a page of a captive portal': { status: 200, body: '<html>hello</html>' },
  'answers 204': { status: 204, body: '' },
  redirects: { status: 302, headers: { Location: 'http://127.0.0.1:1/' }, body: '' },
  'finds our clock wrong': { status: 401, body: 'Timestamp expired: Given timestamp not within 600s of server time\n' },
  'has no quota left': { status: 403, body: 'message quota exceeded\n' },
  'answers 404': { status: 404, body: '404 NOT FOUND\n' },
  'answers with a page of a CDN': { status: 400, headers: { 'Content-Type': 'text/html' }, body: '<html>400 Bad Request</html>' },
  'wants a proxy log-in': { status: 407, body: '' },
  'answers a byte at a time': 'drip',
  'takes it and loses its answer': 'lose',
})) {
  test(`a provider that ${what} is asked again`, async () => {
    const provider = await new PusherProvider().start();
    const { service, order } = await start(provider);
    provider.plan = [answer, answer];
    const ids = [await order(), await order()];
    await waitUntil('the orders', () => kitchenHas(provider, ids));
    assertOrdered(provider.events);
    assert.deepEqual(provider.complaints, []);
    assert.deepEqual(await restaurant.database.query("select 1 from deliveries where state = 'dead'"), []);
    await service.stop();
  });
}

const circuitOf = async (service, name) => {
  const { body } = await request(service, 'GET', '/v1/adapters', { token: await logIn(service, harbor, 'ADMIN') });
  return body.adapters.find((adapter) => adapter.name === name).circuit.state;
};

test('refusals that are in no form of the provider open the circuit and give nothing up', async () => {
  const provider = await new PusherProvider().start();
  const { service, order } = await start(provider);
  provider.permanent = { status: 400, body: 'Bad Request' };
  const ids = [];
  await waitUntil('the circuit to open', async () => {
    ids.push(await order());
    return (await circuitOf(service, 'pusher')) !== 'closed';
  });
  provider.permanent = null;
  await waitUntil('the orders', () => kitchenHas(provider, ids));
  assert.equal(await circuitOf(service, 'pusher'), 'closed');
  assertOrdered(provider.events);
  assert.deepEqual(await restaurant.database.query("select 1 from deliveries where state = 'dead'"), []);
  await service.stop();
});

test('an event that a filter on the way refuses holds nobody else up', async () => {
  const provider = await new PusherProvider().start();
  const { service, order } = await start(provider);
  const filtered = await order();
  await waitUntil('the order', () => kitchenHas(provider, [filtered]));
  const honest = provider.answer.bind(provider);
  provider.answer = (asked) =>
    asked.body.includes('order:cancel_request') ? { status: 403, body: '<html>Request blocked</html>' } : honest(asked);
  const waiter = await logIn(service, harbor, 'WAITER');
  await request(service, 'POST', `/v1/orders/${filtered}/cancel-request`, { token: waiter, body: { reason: 'changed their mind' } });
  const [, square] = harbor.tables;
  const other = await sitDown(service, square);
  const { id } = await placeOrder(service, other.token, orderOf(harbor));
  const own = `private-order-${id}`;
  await waitUntil('the other order on its own channel', () => provider.events.some(({ channel }) => channel === own));
  assert.equal(await circuitOf(service, 'pusher'), 'closed');
  assert.deepEqual(await restaurant.database.query("select 1 from deliveries where state = 'dead'"), []);
  await service.stop();
});

test('credentials that the provider itself refuses stop it, and it comes back by itself', async () => {
  const provider = await new PusherProvider().start();
  const { service, order } = await start(provider);
  provider.permanent = { status: 401, body: 'Invalid signature: you should have sent another\n' };
  const ids = [await order()];
  await waitUntil('the stop', async () => (await circuitOf(service, 'pusher')) === 'stopped');
  const asked = provider.requests;
  provider.permanent = null;
  await waitUntil('the orders', () => kitchenHas(provider, ids), 2 * DEADLINE_MS);
  assert.ok(asked <= 4, `${asked} requests`);
  assert.equal(await circuitOf(service, 'pusher'), 'closed');
  await service.stop();
});

test('quotas and refusals of Ably pass', async () => {
  const ably = await new AblyProvider().start();
  const { service, order } = await start(ably, { PUSH_ADAPTERS: 'ably', ABLY_API_KEY: ABLY_KEY, ABLY_REST_HOST: ably.url });
  const refusal = (status, code) => ({ status, body: { error: { code, statusCode: status, message: 'refused' } } });
  ably.plan = [refusal(401, 40112), refusal(403, 40115), { status: 403, body: '<html>Forbidden</html>' }, refusal(401, 40142)];
  const ids = [await order(), await order()];
  const isThere = (id) => ably.messages.some(({ channel, data }) => channel === `kitchen:${harbor.id}` && data.orderId === id);
  await waitUntil('the orders', () => ids.every(isThere));
  assert.deepEqual(await restaurant.database.query("select 1 from deliveries where state = 'dead'"), []);
  await service.stop();
});

test('a pause that the provider asks for is kept', async () => {
  const provider = await new PusherProvider().start();
  const { service, order } = await start(provider);
  const times = [];
  provider.permanent = { status: 429, headers: { 'Retry-After': '2' }, body: 'slow down\n' };
  provider.onRequest = ({ body }) => {
    if (!body.includes(`presence-kitchen-${harbor.id}`)) return; // other channels have pauses of their own
    times.push(Date.now());
    provider.permanent = null;
  };
  const ids = [await order()];
  await waitUntil('the order', () => kitchenHas(provider, ids));
  assert.ok(times[1] - times[0] >= 1_900, `asked again after ${times[1] - times[0]} ms`);
  await service.stop();
});

/** {key, cert} of a server that no authority signed. */
async function selfSigned(subject) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-tls-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', '/CN=test', '-addext', `subjectAltName=${subject}`];
  await promisify(execFile)('openssl', ['req', '-x509', ...curve, ...names, '-days', '1', '-keyout', key, '-out', cert]);
  const pems = { key: await readFile(key), cert: await readFile(cert) };
  await rm(folder, { recursive: true });
  return pems;
}

test('a provider whose certificate no authority signed gets nothing, and the next stands in', async () => {
  const pusher = await new PusherProvider().start(await selfSigned('IP:127.0.0.1'));
  const ably = await new AblyProvider().start();
  const { service, order } = await start(pusher, { PUSH_ADAPTERS: 'pusher,ably', ABLY_API_KEY: ABLY_KEY, ABLY_REST_HOST: ably.url });
  const id = await order();
  await waitUntil('the order at Ably', () => ably.messages.some(({ data }) => data.orderId === id));
  assert.equal(pusher.requests, 0, 'no request, so no signature, left the service');
  const admin = await logIn(service, harbor, 'ADMIN');
  const { body } = await request(service, 'GET', '/v1/adapters', { token: admin });
  const { circuit, lastFailure } = body.adapters.find(({ name }) => name === 'pusher');
  assert.notEqual(circuit.state, 'closed');
  assert.match(lastFailure.reason, /certificate|SSL|TLS/i);
  await service.stop();
});
