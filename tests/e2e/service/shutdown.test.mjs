// How the service stops: with notice to load balancers, its WebSockets one after another, or at once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { endAll, endLater } from '../support/cleanup.mjs';
import { createDatabase } from '../support/database.mjs';
import { logs, request } from '../support/fixtures.mjs';
import { runCommand, commandEnvironment, startService } from '../support/service.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

let database;
before(async () => {
  database = await createDatabase();
});
after(endAll);

async function openSocket(service) {
  const socket = new WebSocket(`ws://127.0.0.1:${service.port}/app/relaykey01?protocol=7`);
  endLater(() => socket.terminate());
  const closed = new Promise((resolve) => socket.on('close', (code) => resolve({ code, at: Date.now() })));
  await withDeadline('the greeting', new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject)));
  return { closed };
}

const isReady = async (service) => (await request(service, 'GET', '/ready')).status === 200;

test('with notice everything is served while /ready says 503, and a second signal ends that at once', async () => {
  const service = await startService(database.url, { SHUTDOWN_SECONDS: '120', SHUTDOWN_NOTICE_SECONDS: '60', SHUTDOWN_SPREAD_SECONDS: '50' });
  await waitUntil('readiness', () => isReady(service));
  const before = await openSocket(service);
  service.signal('SIGTERM');
  await waitUntil('/ready to say so', async () => {
    const { status, body } = await request(service, 'GET', '/ready');
    return status === 503 && body.code === 'draining';
  });
  const answer = await request(service, 'GET', '/live');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('connection'), 'close');
  const meanwhile = await openSocket(service);
  service.signal('SIGHUP');
  assert.equal((await request(service, 'GET', '/live')).status, 200);

  service.signal('SIGTERM');
  const { code } = await withDeadline('the end', service.exited, 10_000);
  assert.equal(code, 0);
  for (const { closed } of [before, meanwhile]) await withDeadline('the close', closed);
  await logs(service, '"event":"stopping_at_once"');
});

test('WebSockets are closed evenly over the spread', async () => {
  const service = await startService(database.url, { SHUTDOWN_SPREAD_SECONDS: '2' });
  await waitUntil('readiness', () => isReady(service));
  const sockets = [];
  for (let i = 0; i < 60; ++i) sockets.push(await openSocket(service));
  service.signal('SIGTERM');
  const closings = await withDeadline('every close', Promise.all(sockets.map(({ closed }) => closed)));
  assert.deepEqual(new Set(closings.map(({ code }) => code)), new Set([1001]));
  const times = closings.map(({ at }) => at).sort((a, b) => a - b);
  assert.ok(times.at(-1) - times[0] >= 1_000, `closed within ${times.at(-1) - times[0]} ms`);
  const { code } = await withDeadline('the end', service.exited, 15_000);
  assert.equal(code, 0);
});

test('without a spread all are closed at once', async () => {
  const service = await startService(database.url);
  await waitUntil('readiness', () => isReady(service));
  const sockets = [];
  for (let i = 0; i < 20; ++i) sockets.push(await openSocket(service));
  const { code } = await service.stop();
  assert.equal(code, 0);
  for (const { closed } of sockets) assert.equal((await closed).code, 1001);
});

test('notice and spread must fit into the time that a stop may take', async () => {
  const { code, stderr } = await runCommand(
    ['check-config'],
    commandEnvironment(database.url, { SHUTDOWN_SECONDS: '10', SHUTDOWN_NOTICE_SECONDS: '6', SHUTDOWN_SPREAD_SECONDS: '4' }),
  );
  assert.equal(code, 2);
  assert.match(stderr, /SHUTDOWN_SECONDS: must be more than SHUTDOWN_NOTICE_SECONDS and SHUTDOWN_SPREAD_SECONDS together/);
});
