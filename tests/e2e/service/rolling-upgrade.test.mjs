// An instance of an older version beside a schema that a newer one has migrated.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { becomesReady, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { commandEnvironment, createRestaurant, runCommand, startService } from '../support/service.mjs';

let restaurant;
let own;
before(async () => {
  restaurant = await createRestaurant();
  [{ own }] = await restaurant.database.query('select max(version) as own from schema_migrations');
});
after(endAll);

const plant = (version, oldestBinary) =>
  restaurant.database.query(
    "insert into schema_migrations (version, name, checksum, applied_at, oldest_binary) values ($1, 'from_the_future', repeat('0', 64), now(), $2)",
    [version, oldestBinary],
  );
const readiness = (service) => request(service, 'GET', '/ready');

test('an older instance works on beside a migration that it can live with, and starts there', async () => {
  const [harbor] = restaurant.demo.branches;
  const running = await startService(restaurant.database.url);
  await becomesReady(running);
  await plant(own + 100, own);
  assert.equal((await readiness(running)).status, 200);
  const started = await startService(restaurant.database.url, { MIGRATE_ON_START: 'false' });
  await becomesReady(started);
  await placeOrder(started, (await sitDown(started, harbor.tables[0])).token, orderOf(harbor));
  const { code, stdout } = await runCommand(['migrate'], commandEnvironment(restaurant.database.url));
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`schema version ${own + 100}, 0 applied now`));
  await Promise.all([running.stop(), started.stop()]);
});

test('beside one that it cannot live with it is not ready, and does not start', async () => {
  const running = await startService(restaurant.database.url);
  await becomesReady(running);
  await plant(own + 101, own + 100);
  const { status, body } = await readiness(running);
  assert.equal(status, 503);
  assert.equal(body.code, 'schema_newer');
  const { code, stderr } = await runCommand(['serve'], commandEnvironment(restaurant.database.url));
  assert.equal(code, 2, stderr);
  assert.match(stderr, new RegExp(`${own + 101}`));
  await running.stop();
});
