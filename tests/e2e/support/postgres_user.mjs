// PostgreSQL's programs refuse to run as root: they are run as the user that Debian makes for them.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { endLater } from './cleanup.mjs';

export const run = promisify(execFile);

const isRoot = process.getuid() === 0;
const USER = 'postgres';

/** [program, arguments] that run it as a user who may. */
export const asOrdinaryUser = (program, args) =>
  isRoot ? ['setpriv', [`--reuid=${USER}`, `--regid=${USER}`, '--init-groups', '--', program, ...args]] : [program, args];

/** Gives files of ours to that user. */
export async function giveAway(file) {
  if (isRoot) await run('chown', ['-R', `${USER}:`, file]);
}

/** A folder that only that user reads. */
export async function createFolder() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-pg-'));
  endLater(() => rm(folder, { recursive: true, force: true }));
  await giveAway(folder);
  return folder;
}

/** Starts it; {exited, kill(signal)}. What it says is shown if it ends by itself. */
export function startAsOrdinaryUser(program, args) {
  const child = spawn(...asOrdinaryUser(program, args), { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said = (said + data).slice(-4000)));
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal, said })));
  const kill = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return exited;
  };
  endLater(() => kill('SIGKILL'));
  return { exited, kill };
}
