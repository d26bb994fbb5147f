// The real binary, started as a process of its own.

import { execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { promisify } from 'node:util';
import { endLater } from './cleanup.mjs';
import { learnEvents } from './conformance.mjs';
import { createDatabase } from './database.mjs';
import { DEADLINE_MS, waitUntil, withDeadline } from './wait_until.mjs';

const binary = process.env.ORDERPUSH_BINARY;
if (!binary) throw new Error('ORDERPUSH_BINARY is not set; run the tests through ./dev test');

const SECRETS = {
  JWT_SECRET: 'an end-to-end secret of enough characters',
  BUILTIN_APP_ID: '77001',
  BUILTIN_KEY: 'relaykey01',
  BUILTIN_SECRET: 'relay-secret-For-Tests-of-enough-characters',
};

function environment(databaseUrl, more = {}) {
  return {
    PATH: process.env.PATH,
    ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? '',
    TSAN_OPTIONS: process.env.TSAN_OPTIONS ?? '',
    DATABASE_URL: databaseUrl,
    BIND_ADDRESS: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'info',
    RATE_LIMIT_SESSION_PER_MINUTE: '0',
    RATE_LIMIT_TABLE_PER_MINUTE: '0',
    RATE_LIMIT_CALLER_PER_MINUTE: '0', // whoever waits for a condition looks often
    ...SECRETS,
    ...more,
  };
}

/** Not where the kernel takes ports for outgoing connections, and for those who listen on port 0. */
const PORT_MIN = 10_000;
const PORT_MAX = 19_999;

/** A server that listens there; rejects if somebody else does. */
const listenOn = (port, host) =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });

/**
 * A port of 127.0.0.1 that stays free for this test file, also while its service is down: tests that run at the same time
 * reserve theirs by listening on the same port of another loopback address.
 */
export async function freePort() {
  for (let attempt = 0; attempt < 100; ++attempt) {
    const port = randomInt(PORT_MIN, PORT_MAX + 1);
    try {
      const reservation = await listenOn(port, '127.0.0.3');
      reservation.unref();
      endLater(() => reservation.close());
      const probe = await listenOn(port, '127.0.0.1');
      await new Promise((resolve) => probe.close(resolve));
      return port;
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error('there is no free port');
}

/** Runs a subcommand to its end: {code, stdout, stderr}. It sees no variables but those given. */
export async function runCommand(args, env, cwd = os.tmpdir()) {
  try {
    const { stdout, stderr } = await promisify(execFile)(binary, args, { env, cwd, timeout: 60_000 });
    return { code: 0, stdout, stderr };
  } catch (failure) {
    return { code: failure.code, stdout: failure.stdout, stderr: failure.stderr };
  }
}

export const commandEnvironment = environment;

/** A service that waits for its database this long is meant to: the test is about that. */
const WAITS_FOR_DATABASE_MS = 3_000;

/** Once writes are accepted, or the service says that it waits for its database. */
async function settle(lines, ended) {
  const has = (event) => lines.some((line) => line.includes(`"event":"${event}"`));
  const since = Date.now();
  const isWaiting = () => has('schema_waiting') && Date.now() - since > WAITS_FOR_DATABASE_MS;
  await waitUntil('the service to accept writes', () => ended() || has('accepting_writes') || isWaiting());
}

/** Starts `orderpush serve`, and answers once it listens and accepts writes, or waits for its database. */
export async function startService(databaseUrl, more = {}) {
  const child = spawn(binary, ['serve'], {
    env: environment(databaseUrl, more),
    cwd: os.tmpdir(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = [];
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  const listening = new Promise((resolve, reject) => {
    readline.createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (line.includes('"event":"listening"')) resolve(JSON.parse(line).port);
    });
    exited.then(({ code, signal }) => reject(new Error(`ended with ${code ?? signal}\n${lines.join('\n')}`)));
  });
  const end = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return withDeadline(`the service to end on ${signal}`, exited);
  };
  endLater(() => end('SIGKILL'));
  const port = await withDeadline('the service to listen', listening);
  const service = {
    port,
    url: `${more.TLS_CERTIFICATE_FILE ? 'https' : 'http'}://127.0.0.1:${port}`,
    lines,
    exited,
    pid: child.pid,
    signal: (name) => child.kill(name),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
  await settle(lines, () => child.exitCode !== null || child.signalCode !== null);
  await learnEvents(service);
  return service;
}

/** Puts the demo restaurant into a database: what seed-demo tells of it. */
export async function seedRestaurant(databaseUrl) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-e2e-'));
  const file = path.join(folder, 'demo.json');
  const seed = async () => {
    const result = await runCommand(['seed-demo', '--out', file], environment(databaseUrl));
    return !/cannot reach its database/.test(result.stderr) && result; // a busy server may not answer in time
  };
  const seeded = await waitUntil('seed-demo to reach the database', seed, 3 * DEADLINE_MS);
  if (seeded.code !== 0) throw new Error(`seed-demo failed: ${seeded.stderr}`);
  const demo = JSON.parse(await readFile(file, 'utf8'));
  await rm(folder, { recursive: true });
  return demo;
}

/** A database with the demo restaurant in it: {database, demo}. */
export async function createRestaurant({ guestOrdersMax = 0 } = {}) {
  const database = await createDatabase();
  const demo = await seedRestaurant(database.url);
  // Most tests order without ever serving; those about the bound set it.
  await database.query(`update branches set guest_unserved_orders_max = ${guestOrdersMax}`);
  return { database, demo };
}
