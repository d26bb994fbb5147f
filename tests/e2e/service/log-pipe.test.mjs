// Nobody reads what the service logs: it works on, says what was lost when it is read again, and ends in time.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import os from 'node:os';
import { after, before, test } from 'node:test';
import { endAll, endLater } from '../support/cleanup.mjs';
import { learnEvents } from '../support/conformance.mjs';
import { orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { metricValue, parseMetrics } from '../support/metrics.mjs';
import { commandEnvironment, createRestaurant, freePort } from '../support/service.mjs';
import { DEADLINE_MS, waitUntil, withDeadline } from '../support/wait_until.mjs';

const METRICS_TOKEN = 'a metrics token of enough characters for a test';

let restaurant;
before(async () => {
  restaurant = await createRestaurant();
});
after(endAll);

/** Its standard error is a pipe that nobody reads before read(). */
async function startUnread(more = {}) {
  const port = await freePort();
  const env = commandEnvironment(restaurant.database.url, { PORT: String(port), METRICS_TOKEN, LOG_LEVEL: 'debug', ...more });
  const child = spawn(process.env.ORDERPUSH_BINARY, ['serve'], { env, cwd: os.tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.pause();
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  endLater(() => {
    child.kill('SIGKILL');
    child.stderr.resume();
    return exited;
  });
  const service = { port, url: `http://127.0.0.1:${port}`, child, exited };
  const isReady = () => request(service, 'GET', '/ready').then(({ status }) => status === 200, () => false);
  await waitUntil('/ready', isReady);
  await learnEvents(service);
  return service;
}

async function dropped(service) {
  const { body } = await request(service, 'GET', '/metrics', { token: METRICS_TOKEN });
  return metricValue(parseMetrics(body), 'orderpush_log_lines_dropped_total');
}

/** Each request is a line; the pipe and the service keep a megabyte and a little. */
async function fill(service) {
  await waitUntil('lines to be dropped', async () => {
    await Promise.all(Array.from({ length: 200 }, () => fetch(`${service.url}/live`)));
    return (await dropped(service)) > 0;
  });
}

test('a pipe that nobody reads stops nothing, and what was lost is counted and said', async () => {
  const [harbor] = restaurant.demo.branches;
  const service = await startUnread();
  const guest = await sitDown(service, harbor.tables[0]);
  for (let i = 0; i < 300; ++i) await placeOrder(service, guest.token, orderOf(harbor));
  await fill(service);
  await placeOrder(service, guest.token, orderOf(harbor));
  const lost = await dropped(service);
  assert.ok(lost > 0);

  let said = '';
  service.child.stderr.on('data', (data) => (said += data));
  service.child.stderr.resume();
  const told = () =>
    [...said.matchAll(/"event":"log_lines_dropped","lines":(\d+)/g)].reduce((sum, [, lines]) => sum + Number(lines), 0);
  await waitUntil('what was lost to be said', () => told() >= lost);
  service.child.kill('SIGTERM');
  assert.deepEqual(await withDeadline('the end', service.exited), { code: 0, signal: null });
  await waitUntil('the last line', () => said.endsWith('"event":"stopped"}\n'));
});

test('it ends while nobody reads', async () => {
  const service = await startUnread();
  await fill(service);
  service.child.kill('SIGTERM');
  // Node tells of an end when the pipe is closed, too; so the process is looked for itself.
  const isGone = () => {
    try {
      process.kill(service.child.pid, 0);
      return service.child.exitCode !== null;
    } catch {
      return true;
    }
  };
  await waitUntil('the end', isGone, DEADLINE_MS);
});

test('a start that is refused says why, also to a slow reader', async () => {
  const env = commandEnvironment('mysql://nowhere', { PORT: 'eighty' });
  const child = spawn(process.env.ORDERPUSH_BINARY, ['serve'], { env, cwd: os.tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => (said += data));
  const closed = new Promise((resolve) => child.on('close', resolve));
  assert.equal(await withDeadline('the end', closed), 2);
  assert.match(said, /^orderpush: DATABASE_URL: /m);
  assert.match(said, /^orderpush: PORT: /m);
});
