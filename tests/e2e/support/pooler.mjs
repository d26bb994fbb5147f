// Debian's pgbouncer before a database.

import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { createFolder, giveAway, startAsOrdinaryUser } from './postgres_user.mjs';
import { freePort } from './service.mjs';
import { waitUntil } from './wait_until.mjs';

const answers = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.unref().once('connect', () => socket.destroy());
  });

/** {url}: the same database through a pooler with so many connections to the server. */
export async function startPooler(databaseUrl, { mode = 'transaction', serverConnections = 3 } = {}) {
  const target = new URL(databaseUrl);
  const port = await freePort();
  const file = path.join(await createFolder(), 'pgbouncer.ini');
  const server = `host=${target.hostname} port=${target.port} user=${target.username} password=${decodeURIComponent(target.password)}`;
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: mode,
    default_pool_size: serverConnections,
    max_client_conn: 200,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  await writeFile(file, `[databases]\n* = ${server}\n[pgbouncer]\n${lines.join('\n')}\n`, { mode: 0o600 });
  await giveAway(file);
  const pooler = startAsOrdinaryUser('/usr/sbin/pgbouncer', [file]);
  const failed = pooler.exited.then(({ said }) => {
    throw new Error(`pgbouncer ended: ${said}`);
  });
  failed.catch(() => {}); // it is ended after the test
  await Promise.race([waitUntil('the pooler', () => answers(port)), failed]);
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { url: url.href };
}
