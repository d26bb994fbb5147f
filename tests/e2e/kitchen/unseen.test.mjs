// An order that hangs on no screen: it is pushed again, the waiters are notified, then the restaurant's webhook. Whoever
// sees or takes it ends that.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { endAll, endLater } from '../support/cleanup.mjs';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const STEPS = 'push_again:0,waiters:1,webhook:2';

let service, database, harbor, oldTown, receiver, admin, cook, waiters, display, secret;
let nextTable = 0;

/** Takes webhooks at `url`, after `answer` said with which status. */
async function receive() {
  const made = { attempts: [], answer: () => 200 };
  const server = http.createServer((incoming, response) => {
    const parts = [];
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => {
      const hook = { headers: incoming.headers, body: Buffer.concat(parts).toString('utf8') };
      hook.status = made.answer(hook);
      made.attempts.push(hook);
      response.writeHead(hook.status);
      response.end('noted');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  endLater(() => {
    server.closeAllConnections();
    server.close();
  });
  made.url = `http://127.0.0.1:${server.address().port}/own`;
  /** The webhooks about the order that were accepted; their signatures are verified. */
  made.accepted = (order) =>
    made.attempts
      .filter((hook) => hook.status === 200)
      .map((hook) => new Webhook(secret).verify(hook.body, hook.headers))
      .filter(({ data }) => data.orderId === order.id);
  return made;
}

const serve = () =>
  startService(database.url, {
    BUILTIN_RECONNECT_SECONDS: '0',
    BUILTIN_WEBHOOK_PRIVATE_ADDRESSES: 'true',
    BUILTIN_WEBHOOK_HTTP: 'true',
    UNSEEN_STEPS: STEPS,
  });

async function join() {
  waiters = new Device(service, await logIn(service, harbor, 'WAITER'));
  await waiters.join(`presence-waiters-${harbor.id}`);
  display = new Device(service, cook);
  await display.join(`presence-kitchen-${harbor.id}`);
}

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor, oldTown] = restaurant.demo.branches;
  await database.query('update branches set unseen_after_seconds = 1');
  receiver = await receive();
  service = await serve();
  admin = await logIn(service, harbor, 'ADMIN');
  cook = await logIn(service, harbor, 'KITCHEN');
  await join();
  const set = await request(service, 'PUT', '/v1/restaurant/webhook', { token: admin, body: { url: receiver.url } });
  assert.equal(set.status, 200);
  ({ secret } = set.body);
});
after(endAll);

async function order(branch = harbor) {
  const guest = await sitDown(service, branch.tables[nextTable++ % branch.tables.length]);
  return placeOrder(service, guest.token, orderOf(branch));
}

const timeline = async ({ id }) => (await request(service, 'GET', `/v1/orders/${id}/timeline`, { token: admin })).body.entries;
/** "unseen: push_again, unseen": what was done because nobody saw it. */
const stepsOf = async (order) =>
  (await timeline(order)).filter(({ kind, detail }) => kind === 'escalated' && detail.startsWith('unseen')).map(({ detail }) => detail).join(', ');
const isCleared = async (order) => (await timeline(order)).some(({ kind, detail }) => kind === 'escalation_cleared' && detail === 'unseen');
const alarmsOf = async ({ id }) =>
  (await waiters.received('kitchen:unattended')).filter(({ orderId, reason }) => orderId === id && reason === 'unseen');
const createdOf = async ({ id }) => (await display.received('order:created')).filter(({ orderId }) => orderId === id);

async function see(order, token = cook) {
  const { eventId } = (await timeline(order)).find(({ kind }) => kind === 'committed');
  const body = { deviceId: 'grill-1', kind: 'seen', eventIds: [eventId] };
  const { body: count } = await request(service, 'POST', '/v1/receipts', { token, body });
  assert.deepEqual(count, { recorded: 1, ignored: 0 });
}

test('where no display reports what it shows, nothing is unseen', async () => {
  const silent = await order();
  const alarm = () => database.query(`select 1 from unattended_alarms where order_id = '${silent.id}' and cause = 'unacknowledged'`);
  await database.query('update branches set unattended_after_seconds = 1');
  // The watch looked at it, past both limits.
  await waitUntil('a look', async () => (await alarm()).length > 0);
  await database.query('update branches set unattended_after_seconds = 120');
  assert.equal(await stepsOf(silent), '');
  await see(silent); // from now on they do
});

test('an order that nobody sees is pushed again, then the waiters and the restaurant are notified', async () => {
  const unseen = await order();
  const seen = await order();
  await see(seen);
  const elsewhere = await order(oldTown);
  await waitUntil('the webhook', () => receiver.accepted(unseen).length > 0, 60_000);
  assert.equal(await stepsOf(unseen), 'unseen: push_again, unseen, unseen: webhook');
  const pushed = await createdOf(unseen);
  assert.equal(pushed.length, 2);
  assert.deepEqual(pushed[0], pushed[1]);
  assert.equal((await alarmsOf(unseen)).length, 1);
  const [webhook] = receiver.accepted(unseen);
  assert.equal(webhook.type, 'order.unseen');
  assert.deepEqual(webhook.data, { orderId: unseen.id, branchId: harbor.id, reason: 'unseen', since: unseen.createdAt });
  assert.equal(await stepsOf(seen), '');
  assert.equal(await stepsOf(elsewhere), '', 'that branch does not report');

  const { body: endpoint } = await request(service, 'GET', '/v1/restaurant/webhook', { token: admin });
  assert.equal(endpoint.pending, 0);
  assert.equal(endpoint.secret, undefined);
  const { body: page } = await request(service, 'GET', '/v1/webhooks', { token: admin });
  assert.equal(page.webhooks[0].state, 'delivered');
  await see(unseen);
  await waitUntil('it to be over', () => isCleared(unseen), 20_000);
});

test('taking it ends it, and withdraws what the receiver would not take', async () => {
  receiver.answer = () => 503;
  const ignored = await order();
  await waitUntil('an attempt', async () => receiver.attempts.some(({ body }) => body.includes(ignored.id)), 60_000);
  const ticket = ignored.tickets[0].id;
  assert.equal((await request(service, 'PATCH', `/v1/tickets/${ticket}`, { token: cook, body: { status: 'acknowledged' } })).status, 200);
  for (const { id } of ignored.tickets.slice(1)) await request(service, 'PATCH', `/v1/tickets/${id}`, { token: cook, body: { status: 'acknowledged' } });
  await waitUntil('it to be over', () => isCleared(ignored), 20_000);
  const { body: page } = await request(service, 'GET', '/v1/webhooks?state=expired', { token: admin });
  assert.equal(page.webhooks.length, 1);
  receiver.answer = () => 200;
  await request(service, 'PUT', '/v1/restaurant/webhook', { token: admin, body: { url: receiver.url } }); // ends the pause
});

test('a kill between two steps repeats none and forgets none', async () => {
  const unseen = await order();
  await waitUntil('the first step', async () => (await stepsOf(unseen)) !== '', 20_000);
  const before = await stepsOf(unseen);
  await service.kill();
  service = await serve();
  await join();
  await waitUntil('the last step', () => receiver.accepted(unseen).length > 0, 60_000);
  assert.equal(await stepsOf(unseen), 'unseen: push_again, unseen, unseen: webhook', before);
  assert.equal(receiver.accepted(unseen).length, 1);
  const alarms = await database.query(`select step from unattended_alarms where order_id = '${unseen.id}' and cause = 'unseen'`);
  assert.equal(alarms.length, 3);
});

test('the webhook is the restaurant\'s own, and can be taken away', async () => {
  const manager = await logIn(service, harbor, 'MANAGER');
  assert.equal((await request(service, 'GET', '/v1/restaurant/webhook', { token: manager })).status, 403);
  assert.equal((await request(service, 'DELETE', '/v1/restaurant/webhook', { token: admin })).status, 204);
  assert.equal((await request(service, 'GET', '/v1/restaurant/webhook', { token: admin })).body.code, 'webhook_not_set');
});
