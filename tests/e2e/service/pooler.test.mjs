// DATABASE_URL through a transaction pooler, as hosts of PostgreSQL offer it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, becomesReady, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { startPooler } from '../support/pooler.mjs';
import { commandEnvironment, createRestaurant, runCommand, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

/** So many at once that the pooler's few sessions change hands all the time. */
const CALLERS = 12;
const NO_LIMITS = { LOGIN_ATTEMPTS_EMAIL_PER_MINUTE: '0', LOGIN_ATTEMPTS_ADDRESS_PER_MINUTE: '0' };

let restaurant;
let harbor;
before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
});
after(endAll);

const atOnce = (work) => Promise.all(Array.from({ length: CALLERS }, (_, index) => work(index)));
/** But for those of who asked too early whether it is ready. */
const failures = (service) => service.lines.filter((line) => line.includes('request_failed') && !line.includes('"route":"/ready"'));

/** Log-ins, orders, catch-up, the bill: all of them work, at once. */
async function dine(service) {
  await becomesReady(service);
  const cooks = [];
  // More log-ins at once are refused: each takes its time and its memory.
  for (let round = 0; round < CALLERS / 2; ++round) {
    cooks.push(...(await Promise.all([logIn(service, harbor, 'KITCHEN'), logIn(service, harbor, 'KITCHEN')])));
  }
  const channel = `presence-kitchen-${harbor.id}`;
  const display = new Device(service, cooks[0]);
  await display.join(channel);
  const guest = await sitDown(service, harbor.tables[0]);
  const orders = await atOnce(() => placeOrder(service, guest.token, orderOf(harbor)));
  const ids = new Set(orders.map(({ id }) => id));
  assert.equal(ids.size, CALLERS);
  const created = () => display.events.filter(({ event, data }) => event === 'order:created' && ids.has(data.orderId));
  await waitUntil('all orders on the display', () => created().length === CALLERS);
  const caughtUp = await request(service, 'GET', `/v1/channels/kitchen:${harbor.id}/events?after=0&limit=100`, { token: cooks[0] });
  assert.equal(caughtUp.status, 200);
  assert.ok(caughtUp.body.events.filter(({ type, orderId }) => type === 'order:created' || orderId).length >= CALLERS);
  await atOnce(async (index) => {
    const { status, body } = await request(service, 'GET', `/v1/tickets?branchId=${harbor.id}&limit=100`, { token: cooks[index] });
    assert.equal(status, 200, JSON.stringify(body));
  });
  const bill = await request(service, 'GET', `/v1/sessions/${guest.session.id}/bill`, { token: guest.token });
  assert.equal(bill.status, 200);
  const waiter = await logIn(service, harbor, 'WAITER');
  const amount = orders.reduce((sum, order) => sum + order.finalAmount, 0);
  const payment = { sessionId: guest.session.id, amount, method: 'cash' };
  const paid = await request(service, 'POST', '/v1/payments', { token: waiter, body: payment });
  assert.equal(paid.status, 201, JSON.stringify(paid.body));
  display.leave();
  assert.deepEqual(failures(service), []);
}

test('everything works through a transaction pooler', async () => {
  const pooler = await startPooler(restaurant.database.url);
  const service = await startService(pooler.url, { DATABASE_DIRECT_URL: restaurant.database.url, ...NO_LIMITS });
  await dine(service);
  await service.stop();
});

test('several instances behind one transaction pooler hear each other', async () => {
  const pooler = await startPooler(restaurant.database.url);
  const settings = { DATABASE_DIRECT_URL: restaurant.database.url, BROKER: 'postgres' };
  const [one, other] = await Promise.all([startService(pooler.url, settings), startService(pooler.url, settings)]);
  for (const service of [one, other]) {
    await becomesReady(service);
  }
  const display = new Device(other, await logIn(other, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const order = await placeOrder(one, (await sitDown(one, harbor.tables[1])).token, orderOf(harbor));
  await waitUntil('the order', () => display.events.some(({ data }) => data.orderId === order.id));
  display.leave();
  await Promise.all([one.stop(), other.stop()]);
});

test('a pooler that keeps a session for each client needs no direct URL', async () => {
  const pooler = await startPooler(restaurant.database.url, { mode: 'session', serverConnections: 20 });
  const service = await startService(pooler.url, NO_LIMITS);
  await dine(service);
  await service.stop();
});

test('a transaction pooler without a direct URL is refused with what to do', async () => {
  const pooler = await startPooler(restaurant.database.url);
  for (const command of ['serve', 'migrate']) {
    const { code, stderr } = await runCommand([command], commandEnvironment(pooler.url));
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^orderpush: .*DATABASE_DIRECT_URL/m);
  }
});

test('the commands work through a transaction pooler', async () => {
  const pooler = await startPooler(restaurant.database.url);
  const env = commandEnvironment(pooler.url, { DATABASE_DIRECT_URL: restaurant.database.url });
  for (const command of [['migrate'], ['app-add', '--id', '4711'], ['app-list'], ['app-remove', '4711'], ['check-config']]) {
    const { code, stderr } = await runCommand(command, env);
    assert.equal(code, 0, `${command.join(' ')}: ${stderr}`);
  }
});
