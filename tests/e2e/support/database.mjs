// A fresh database per test file, on the server that `./dev test` started.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { endLater } from './cleanup.mjs';

const maintenanceUrl = process.env.ORDERPUSH_TEST_DATABASE_URL;
if (!maintenanceUrl) throw new Error('ORDERPUSH_TEST_DATABASE_URL is not set; run the tests through ./dev test');

async function onServer(statement) {
  const client = new pg.Client({ connectionString: maintenanceUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const run = promisify(execFile);

/** As an operator puts a dump into an empty database, or with `--clean` over what a database has. */
export const loadDump = (url, file, ...more) => run('pg_restore', ['--no-owner', '--exit-on-error', ...more, `--dbname=${url}`, file]);

/** {url, query(text, values), connect(), dump(), putBack(file)} */
export async function createDatabase() {
  const name = `orderpush_e2e_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}`);
  endLater(() => onServer(`drop database if exists ${name} with (force)`));
  const url = new URL(maintenanceUrl);
  url.pathname = `/${name}`;
  const connect = async () => {
    const client = new pg.Client({ connectionString: url.href });
    client.on('error', () => {}); // the server may end it when the database is dropped
    await client.connect();
    return client;
  };
  return {
    url: url.href,
    connect,
    /** The file of a dump. */
    async dump() {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-dump-'));
      endLater(() => rm(folder, { recursive: true }));
      const file = path.join(folder, 'dump');
      await run('pg_dump', ['--format=custom', `--file=${file}`, url.href]);
      return file;
    },
    /** The database is made anew, with what the dump has. Nobody may be connected. */
    async putBack(file) {
      await onServer(`drop database ${name} with (force)`);
      await onServer(`create database ${name}`);
      await loadDump(url.href, file);
    },
    async query(text, values) {
      const client = await connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

/** A role that may read and write what is in the database, and create nothing: {name, url}. */
export async function createRole(database, options = '') {
  const name = `role_${randomBytes(6).toString('hex')}`;
  await database.query(`create role ${name} login password 'geheim' ${options}`);
  endLater(async () => {
    await database.query(`drop owned by ${name}`);
    await database.query(`drop role ${name}`);
  });
  await database.query('revoke create on schema public from public');
  await database.query(`grant select, insert, update, delete on all tables in schema public to ${name}`);
  await database.query(`grant usage on all sequences in schema public to ${name}`);
  const url = new URL(database.url);
  url.username = name;
  url.password = 'geheim';
  return { name, url: url.href };
}

/** A TCP proxy in front of the database: {url, disconnect(), reconnect()} */
export async function createDatabaseProxy(databaseUrl) {
  const target = new URL(databaseUrl);
  const open = new Set();
  let isDisconnected = false;
  const server = net.createServer((near) => {
    if (isDisconnected) return near.destroy();
    const far = net.connect(Number(target.port), target.hostname);
    for (const [socket, other] of [[near, far], [far, near]]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const drop = () => open.forEach((socket) => socket.destroy());
  endLater(() => {
    drop();
    server.close();
  });
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(server.address().port);
  return {
    url: url.href,
    disconnect() {
      isDisconnected = true;
      drop();
    },
    reconnect() {
      isDisconnected = false;
    },
  };
}
