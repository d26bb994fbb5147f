// PostgreSQL servers of a test's own, which it may stop, demote and promote.

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { asOrdinaryUser, createFolder, giveAway, run, startAsOrdinaryUser } from './postgres_user.mjs';
import { freePort } from './service.mjs';
import { waitUntil } from './wait_until.mjs';

const BIN = '/usr/lib/postgresql/15/bin';
const ROLE = 'orderpush';

class Cluster {
  constructor(folder, port, password) {
    this.data = path.join(folder, 'data');
    this.port = port;
    this.password = password;
  }

  get host() {
    return `127.0.0.1:${this.port}`;
  }

  get url() {
    return `postgresql://${ROLE}:${this.password}@${this.host}/postgres`;
  }

  /** The rows, or nothing if it does not answer. */
  async query(text) {
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => {}); // the server may end it
    try {
      await client.connect();
      return (await client.query(text)).rows;
    } catch (error) {
      if (error.code && !error.code.startsWith('57P') && error.code !== 'ECONNREFUSED') throw error;
      return undefined;
    } finally {
      await client.end().catch(() => {});
    }
  }

  async start() {
    this.server = startAsOrdinaryUser(`${BIN}/postgres`, [
      ...['-D', this.data, '-p', String(this.port)],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    ]);
    const failed = this.server.exited.then(({ said }) => {
      throw new Error(`the server ended: ${said}`);
    });
    failed.catch(() => {}); // it is ended by the test
    await Promise.race([waitUntil('the server', () => this.query('select 1')), failed]);
    return this;
  }

  /** Ends its sessions. */
  stop() {
    return this.server.kill('SIGINT');
  }

  /** It stops, and comes back as a standby that follows nobody. */
  async demote() {
    await this.stop();
    const signal = path.join(this.data, 'standby.signal');
    await writeFile(signal, '');
    await giveAway(signal);
    await this.start();
  }

  async promote() {
    await this.query('select pg_promote()');
    await waitUntil('the promotion', async () => (await this.query('select pg_is_in_recovery() as waits'))?.[0].waits === false);
  }

  /** A server that follows this one. */
  async standby() {
    const other = new Cluster(await createFolder(), await freePort(), this.password);
    const from = ['-h', '127.0.0.1', '-p', String(this.port), '-U', ROLE];
    const [program, args] = asOrdinaryUser(`${BIN}/pg_basebackup`, ['-D', other.data, '-R', '-c', 'fast', '--no-sync', ...from]);
    await run(program, args, { cwd: '/', env: { ...process.env, PGPASSWORD: this.password } });
    return other.start();
  }
}

/** A primary: {url, host, query(), start(), stop(), demote(), promote(), standby()}. */
export async function createCluster() {
  const folder = await createFolder();
  const password = randomBytes(12).toString('hex');
  const file = path.join(folder, 'password');
  await writeFile(file, password, { mode: 0o600 });
  await giveAway(file);
  const cluster = new Cluster(folder, await freePort(), password);
  const options = ['-U', ROLE, `--pwfile=${file}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  const [program, args] = asOrdinaryUser(`${BIN}/initdb`, ['-D', cluster.data, ...options]);
  await run(program, args, { cwd: '/' });
  return cluster.start();
}
