// A short ./dev chaos: a few rounds of kill -9, lost databases and a misbehaving provider, judged as the long one is.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { ChaosLoad } from './chaos_load.mjs';
import { table } from './verdict.mjs';

after(endAll);

/** The server is shared with other tests, so only our connections are lost. */
const loseConnections = (database) =>
  database.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');

test('what was accepted arrives, in order, whatever is killed', async (t) => {
  const seed = Number(process.env.ORDERPUSH_CHAOS_SEED ?? Date.now() % 1_000_000);
  const chaos = new ChaosLoad({
    mode: 'mirror',
    rounds: 6,
    seconds: 30,
    seed,
    pauseMs: 80,
    drainSeconds: 90,
    restartDatabase: loseConnections,
    say: (line) => t.diagnostic(line),
  });
  const result = await chaos.run();
  t.diagnostic(`seed ${seed}, ${chaos.done.rounds} rounds\n${table(result.rows)}`);
  assert.deepEqual(result.complaints, []);
  for (const [name, { lost, reordered, invented }] of Object.entries(result.rows)) {
    assert.deepEqual({ lost, reordered, invented }, { lost: [], reordered: [], invented: [] }, `${name}, seed ${seed}`);
  }
  assert.ok(result.isPassed);
});

test('a provider that says it took an event and did not is found out', async () => {
  const chaos = new ChaosLoad({
    mode: 'mirror',
    rounds: 1,
    seconds: 10,
    seed: 1,
    pauseMs: 80,
    drainSeconds: 3,
    restartDatabase: loseConnections,
    say: () => {},
    begun: ({ provider }) => provider.plan.push({ body: {} }),
  });
  const { rows, isPassed } = await chaos.run();
  assert.ok(rows['pushed to the provider'].lost.length > 0);
  assert.equal(isPassed, false);
});
