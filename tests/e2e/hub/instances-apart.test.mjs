// Instances that are not as well as the others: one whose clock is wrong, one that stands still.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { endAll, endLater } from '../support/cleanup.mjs';
import { Device, becomesReady, logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

const METRICS_TOKEN = 'a token for metrics of enough characters';
const SHARED = { BROKER: 'postgres', BUILTIN_RECONNECT_SECONDS: '0', METRICS_TOKEN };
const SHIFT_SECONDS = 7 * 60;

let restaurant, harbor, shiftedClock;

before(async () => {
  restaurant = await createRestaurant();
  [harbor] = restaurant.demo.branches;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-clock-'));
  endLater(() => rm(folder, { recursive: true }));
  shiftedClock = path.join(folder, 'shifted_clock.so');
  const source = fileURLToPath(new URL('../support/shifted_clock.c', import.meta.url));
  await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', shiftedClock, source, '-ldl']);
});

after(endAll);

async function start(more = {}) {
  const service = await startService(restaurant.database.url, { ...SHARED, ...more });
  await becomesReady(service);
  return service;
}

const startShifted = (seconds) => start({ LD_PRELOAD: shiftedClock, CLOCK_SHIFT_SECONDS: String(seconds) });
const kitchen = () => `presence-kitchen-${harbor.id}`;
const seqsOf = (device) => device.events.filter(({ channel }) => channel === kitchen()).map(({ data }) => data.seq);
const looksOf = async (service) => {
  const { body } = await request(service, 'GET', '/metrics', { token: METRICS_TOKEN });
  return Number(/^orderpush_worker_steps_total\{worker="unseen_orders"\} (\d+)$/m.exec(body)[1]);
};
const aheadOf = (service) =>
  service.lines.filter((line) => line.includes('"clock_differs"')).map((line) => JSON.parse(line).aheadSeconds);

for (const seconds of [SHIFT_SECONDS, -SHIFT_SECONDS]) {
  test(`an instance whose clock is off by ${seconds} s sees what the others do, whoever relays`, async () => {
    const [wrong, right] = [await startShifted(seconds), await start()];
    assert.ok(Math.abs(aheadOf(wrong)[0] - seconds) < 5, 'it says so');
    assert.deepEqual(aheadOf(right), []);
    const token = await logIn(wrong, harbor, 'KITCHEN');
    const displays = [new Device(wrong, token), new Device(right, token)];
    for (const display of displays) await display.join(kitchen());
    for (const service of [wrong, right]) {
      await waitUntil('both connections to be counted', async () => {
        const { body } = await request(service, 'GET', `/v1/branches/${harbor.id}/displays`, { token });
        return body.displays.reduce((sum, { connections }) => sum + connections, 0) === 2;
      });
    }
    const { body } = await request(right, 'GET', `/v1/branches/${harbor.id}/displays`, { token });
    for (const { since } of body.displays) assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60_000, `since ${since}`);

    const waiters = new Device(right, await logIn(right, harbor, 'WAITER'));
    await waiters.join(`presence-waiters-${harbor.id}`);
    const guest = await sitDown(right, harbor.tables[2]);
    const order = await placeOrder(right, guest.token, orderOf(harbor));
    assert.ok(Math.abs(Date.parse(order.createdAt) - Date.now()) < 60_000);
    for (const display of displays) await display.received('order:created');
    // One that misses a display raises its alarm at the second look: only the one that relays looks.
    const before = await Promise.all([wrong, right].map(looksOf));
    await waitUntil('four looks for unseen orders', async () => {
      const now = await Promise.all([wrong, right].map(looksOf));
      return now.every((looks, i) => looks >= before[i] + 4);
    });
    assert.deepEqual(waiters.events.filter(({ event }) => event === 'kitchen:unattended'), []);
    for (const display of [...displays, waiters]) display.leave();
    for (const service of [wrong, right]) await service.stop();
  });
}

test('a relay that stands still is replaced within ten seconds, and pushes nothing out of order when it goes on', async () => {
  const [frozen, well] = [await start(), await start()];
  const token = await logIn(well, harbor, 'KITCHEN');
  const display = new Device(well, token);
  await display.join(kitchen());
  const guest = await sitDown(well, harbor.tables[3]);
  const place = async () => (await placeOrder(well, guest.token, orderOf(harbor))).id;
  const shows = (id, deadlineMs) =>
    waitUntil(`order ${id}`, () => display.events.some(({ event, data }) => event === 'order:created' && data.orderId === id), deadlineMs);
  await shows(await place());
  // In the middle of its work, as far as that can be met.
  const busy = [];
  for (let i = 0; i < 20; i++) busy.push(place());
  await busy[0];
  frozen.signal('SIGSTOP');
  const placed = await Promise.all(busy);
  await shows(placed.at(-1), 10_000);
  for (const id of placed) await shows(id);
  await shows(await place(), 2_000);
  frozen.signal('SIGCONT');
  await waitUntil('it to notice', () => frozen.lines.some((line) => line.includes('"relay_waiting"')));
  for (let i = 0; i < 5; i++) await shows(await place());
  const seqs = seqsOf(display);
  assert.deepEqual(seqs, [...seqs].sort((one, other) => one - other), 'in order');
  await frozen.stop();
  await well.stop();
});
