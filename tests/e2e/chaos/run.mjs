// ./dev chaos: rounds of kill -9, restarts of the database and misbehaviour of the provider while orders flow; a table at
// the end, and status 1 unless nothing was lost, reordered or invented.

import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { endAll } from '../support/cleanup.mjs';
import { MODES, ChaosLoad } from './chaos_load.mjs';
import { table } from './verdict.mjs';

const USAGE = `./dev chaos [OPTION…]
--mode mirror        mirror: the built-in server with displays, and Pusher; failover: Pusher, and Ably while it is out;
                     pair: the same with two instances
--rounds 50          how often the service is killed
--seconds 300        no further round after so long
--seed N             of the moments and misbehaviours; printed, so that they can be had again
--pause-ms 60        between a guest's orders, on average
--drain-seconds 120  how long what is left may take in the end
`;

const OPTIONS = {
  mode: { type: 'string', default: 'mirror' },
  rounds: { type: 'string', default: '50' },
  seconds: { type: 'string', default: '300' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  'pause-ms': { type: 'string', default: '60' },
  'drain-seconds': { type: 'string', default: '120' },
};

function readOptions() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    const { mode, ...numbers } = values;
    if (!Object.hasOwn(MODES, mode)) throw new Error(`--mode takes ${Object.keys(MODES).join(', ')}`);
    for (const [name, text] of Object.entries(numbers)) {
      if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a number`);
      values[name] = Number(text);
    }
    if (values.rounds < 1) throw new Error('--rounds takes at least 1');
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

/** The command that ./dev gave; it returns when the server takes connections again. */
const restartDatabase = () => promisify(execFile)('bash', ['-c', process.env.ORDERPUSH_DATABASE_RESTART], { timeout: 60_000 });

const countsOf = (counts) => Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', ') || 'none';

function report(options, result, chaos) {
  const { done, traffic } = chaos;
  console.log(`
${table(result.rows)}

${options.mode}, seed ${options.seed}, ${done.rounds} rounds in ${Math.round(result.loadMs / 1000)} s, drained in ${(result.drainMs / 1000).toFixed(1)} s
kill -9 at: ${countsOf(done.kills)}; database restarted ${done.databaseRestarts} times; provider: ${countsOf(done.faults)}
${traffic.asked.length} orders asked for, ${traffic.answered.length} answered, ${result.abandoned} guests walked away; displays fetched ${result.fetched} events they missed, Ably took ${chaos.takenByAbly}`);
  for (const [name, verdict] of Object.entries(result.rows)) {
    for (const list of ['lost', 'reordered', 'invented']) {
      if (verdict[list].length > 0) console.log(`${name}: ${list}:\n  ${verdict[list].slice(0, 20).join('\n  ')}`);
    }
  }
  if (result.complaints.length > 0) console.log(`not as it should be:\n  ${result.complaints.slice(0, 20).join('\n  ')}`);
}

const options = readOptions();
const say = (line) => process.stderr.write(`    ${line}\n`);
say(`seed ${options.seed}`);
const chaos = new ChaosLoad({
  mode: options.mode,
  rounds: options.rounds,
  seconds: options.seconds,
  seed: options.seed,
  pauseMs: options['pause-ms'],
  drainSeconds: options['drain-seconds'],
  restartDatabase,
  say,
});
let isPassed = false;
try {
  const result = await chaos.run();
  report(options, result, chaos);
  const isComplete = chaos.done.rounds === options.rounds;
  if (!isComplete) console.log(`only ${chaos.done.rounds} of ${options.rounds} rounds fitted into ${options.seconds} s`);
  isPassed = result.isPassed && isComplete;
} catch (error) {
  console.error(error);
} finally {
  await endAll().catch((error) => {
    console.error(error);
    isPassed = false;
  });
}
console.log(isPassed ? 'passed' : 'FAILED');
process.exit(isPassed ? 0 : 1);
