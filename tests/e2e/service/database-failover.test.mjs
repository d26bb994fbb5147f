// The primary goes, a standby takes over; a primary becomes read-only. Requests are 503 meanwhile, never 500.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { Device, becomesReady, logIn, logs, orderOf, request, sitDown } from '../support/fixtures.mjs';
import { createCluster } from '../support/postgres_cluster.mjs';
import { commandEnvironment, runCommand, seedRestaurant, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let primary;
let standby;
let harbor;
before(async () => {
  primary = await createCluster();
  const demo = await seedRestaurant(primary.url);
  [harbor] = demo.branches;
  standby = await primary.standby();
});
after(endAll);

const readiness = (service) => request(service, 'GET', '/ready');
const order = (service, guest) => request(service, 'POST', '/v1/orders', { token: guest.token, body: orderOf(harbor) });
const bothHosts = (form) =>
  form === 'url'
    ? `postgresql://orderpush:${primary.password}@${primary.host},${standby.host}/postgres?target_session_attrs=read-write`
    : `host=127.0.0.1,127.0.0.1 port=${primary.port},${standby.port} user=orderpush password=${primary.password} dbname=postgres target_session_attrs=read-write`;

test('both forms of several hosts are configurations that can be used', async () => {
  for (const form of ['url', 'keywords']) {
    const { code, stderr } = await runCommand(['check-config'], commandEnvironment(bothHosts(form)));
    assert.equal(code, 0, stderr);
  }
});

test('a standby alone is waited for, with the reason', async () => {
  const service = await startService(standby.url);
  const { status, body } = await waitUntil('the reason', async () => {
    const answer = await readiness(service);
    return answer.body.code === 'database_read_only' && answer;
  });
  assert.equal(status, 503, JSON.stringify(body));
  await logs(service, '"event":"schema_waiting","reason":"database_read_only"');
  await service.stop();
});

test('a primary that became read-only is 503 everywhere, and found again as one that writes', async () => {
  const service = await startService(primary.url);
  await becomesReady(service);
  const guest = await sitDown(service, harbor.tables[0]);
  await primary.demote();
  const refused = await waitUntil('an answer of the standby', async () => {
    const answer = await order(service, guest);
    assert.equal(answer.status, 503, JSON.stringify(answer.body));
    return answer.body.code === 'database_read_only' && answer;
  });
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  const ready = await readiness(service);
  assert.equal(ready.status, 503);
  assert.equal(ready.body.code, 'database_read_only');
  const migrate = await runCommand(['migrate'], commandEnvironment(primary.url));
  assert.equal(migrate.code, 0, 'nothing is to be migrated');
  await primary.promote();
  await becomesReady(service);
  const accepted = await order(service, guest);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  await service.stop();
});

test('of several hosts the new primary is found, and events are pushed on', async () => {
  // The one of before was promoted on its own, so the standby follows nobody: it is made anew.
  const follower = await primary.standby();
  const url = `postgresql://orderpush:${primary.password}@${primary.host},${follower.host}/postgres`;
  const service = await startService(url);
  await becomesReady(service);
  const display = new Device(service, await logIn(service, harbor, 'KITCHEN'));
  await display.join(`presence-kitchen-${harbor.id}`);
  const guest = await sitDown(service, harbor.tables[1]);
  await waitUntil('the standby to have the session', async () => {
    const rows = await follower.query(`select 1 from table_sessions where id = '${guest.session.id}'`);
    return rows?.length === 1;
  });
  await primary.stop();
  const away = await order(service, guest);
  assert.equal(away.status, 503, JSON.stringify(away.body));
  await follower.promote();
  const accepted = await waitUntil('an order to be accepted', async () => {
    const answer = await order(service, guest);
    assert.ok([201, 503].includes(answer.status), JSON.stringify(answer.body));
    return answer.status === 201 && answer.body;
  });
  await becomesReady(service);
  await waitUntil('its event', () => display.events.some(({ data }) => data.orderId === accepted.id));
  display.leave();
  await service.stop();
});
