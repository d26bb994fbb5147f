// The command line: what is wrong is said in one clear line each, with exit code 2.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endAll } from '../support/cleanup.mjs';
import { createDatabase } from '../support/database.mjs';
import { commandEnvironment, runCommand } from '../support/service.mjs';

let database;
before(async () => {
  database = await createDatabase();
});
after(endAll);

const lines = (text) => text.split('\n').filter(Boolean);

test('every error in the settings is listed at once, and no secret is shown', async () => {
  const { code, stderr } = await runCommand(['serve'], {
    PORT: 'eighty',
    JWT_SECRET: 'short-but-secret',
    PUSH_ADAPTERS: 'pigeon',
    CORS_ALLOWED_ORIGINS: 'https://*.vercel.app',
  });
  assert.equal(code, 2);
  for (const name of ['PORT', 'JWT_SECRET', 'PUSH_ADAPTERS', 'CORS_ALLOWED_ORIGINS', 'DATABASE_URL', 'BUILTIN_SECRET']) {
    assert.equal(lines(stderr).filter((line) => line.includes(`${name}: `)).length, 1, `${name} in\n${stderr}`);
  }
  assert.ok(!stderr.includes('short-but-secret'));
});

test('an unknown name in .env stops the start', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-e2e-'));
  await writeFile(path.join(folder, '.env'), 'PROT=8080\n');
  const { code, stderr } = await runCommand(['check-config'], commandEnvironment(database.url), folder);
  await rm(folder, { recursive: true });
  assert.equal(code, 2);
  assert.match(stderr, /PROT/);
});

test('check-config shows the settings with secrets masked', async () => {
  const env = commandEnvironment(database.url);
  const { code, stdout } = await runCommand(['check-config'], env);
  assert.equal(code, 0);
  assert.match(stdout, /^JWT_SECRET=\*\*\*$/m);
  assert.match(stdout, /^BUILTIN_KEY=relaykey01$/m);
  for (const secret of [env.JWT_SECRET, env.BUILTIN_SECRET, new URL(database.url).password]) {
    assert.ok(!secret || !stdout.includes(secret));
  }
});

test('check-config says when Socket.IO clients hear nothing', async () => {
  const hosted = { PUSHER_APP_ID: '1', PUSHER_KEY: 'key', PUSHER_SECRET: 'secret', PUSHER_CLUSTER: 'eu' };
  const noteOf = async (more) => {
    const { code, stdout, stderr } = await runCommand(
      ['check-config'],
      commandEnvironment(database.url, { ...hosted, ...more }),
    );
    assert.equal(code, 0, stderr);
    return lines(stdout).filter((line) => line.startsWith('# Socket.IO'));
  };
  assert.deepEqual(await noteOf({}), []);
  assert.match((await noteOf({ PUSH_ADAPTERS: 'pusher' })).join(), /is not served/);
  const both = { PUSH_ADAPTERS: 'pusher,builtin' };
  assert.match((await noteOf({ ...both, PUSH_MODE: 'failover' })).join(), /while events go through another adapter/);
  assert.deepEqual(await noteOf({ ...both, PUSH_MODE: 'mirror' }), []);
});

test('healthcheck says whether the service answers, and in one line why not', async () => {
  const service = net.createServer((socket) => {
    socket.on('data', (head) => {
      const isAsked = String(head).startsWith('GET /live HTTP/1.1\r\n');
      socket.end(`HTTP/1.1 ${isAsked ? '200 OK' : '404 Not Found'}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    });
  });
  await new Promise((resolve) => service.listen(0, '127.0.0.1', resolve));
  const port = String(service.address().port);
  const env = commandEnvironment(database.url, { PORT: port });
  assert.deepEqual(await runCommand(['healthcheck'], env), { code: 0, stdout: '', stderr: '' });
  const other = await runCommand(['healthcheck', '--url', `http://127.0.0.1:${port}/else`], env);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /answered 404/);
  await new Promise((resolve) => service.close(resolve));
  const nobody = await runCommand(['healthcheck'], env);
  assert.equal(nobody.code, 1);
  assert.equal(lines(nobody.stderr).length, 1, nobody.stderr);
  assert.equal((await runCommand(['healthcheck', '--port', port], env)).code, 2);
});

test('a taken port is one clear line and exit code 2', async () => {
  const listener = net.createServer();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const port = String(listener.address().port);
  const { code, stderr } = await runCommand(['serve'], commandEnvironment(database.url, { PORT: port }));
  listener.close();
  assert.equal(code, 2);
  assert.equal(lines(stderr).filter((line) => line.includes(port) && line.includes('in use')).length, 1, stderr);
});

test('a schema newer than the binary stops the start', async () => {
  const migrated = await runCommand(['migrate'], commandEnvironment(database.url));
  assert.equal(migrated.code, 0, migrated.stderr);
  await database.query(
    "insert into schema_migrations (version, name, checksum, applied_at) values (9999, 'from_the_future', repeat('0', 64), now())",
  );
  for (const command of ['serve', 'migrate']) {
    const { code, stderr } = await runCommand([command], commandEnvironment(database.url));
    assert.equal(code, 2, stderr);
    assert.match(stderr, /9999/);
  }
});

test('check-config finds what the start would stumble over', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-e2e-'));
  await writeFile(path.join(folder, 'empty.pem'), '');
  const check = async (more, command = 'check-config') => {
    const { code, stdout, stderr } = await runCommand([command], commandEnvironment(database.url, more));
    assert.equal(code, 2, `${JSON.stringify(more)}\n${stderr}`);
    assert.equal(stdout, '');
    return lines(stderr);
  };
  // A name, a short form, an address of nobody, and one of somebody else.
  for (const address of ['localhost', '127.1', '300.1.1.1', '192.0.2.1', '2001:db8::1']) {
    for (const command of ['check-config', 'serve']) {
      const said = await check({ BIND_ADDRESS: address }, command);
      assert.equal(said.length, 1, said.join('\n'));
      assert.match(said[0], /BIND_ADDRESS: /);
    }
  }
  const tls = (certificate, key) => ({ TLS_CERTIFICATE_FILE: path.join(folder, certificate), TLS_PRIVATE_KEY_FILE: path.join(folder, key) });
  for (const command of ['check-config', 'serve']) {
    for (const files of [tls('absent.pem', 'absent.key'), tls('empty.pem', 'empty.pem'), tls('', '')]) {
      assert.match((await check(files, command)).join('\n'), /TLS_CERTIFICATE_FILE: /);
    }
  }
  assert.match((await check({ WEB_DIR: path.join(folder, 'absent') })).join('\n'), /WEB_DIR: /);
  assert.match((await check({ WEB_DIR: path.join(folder, 'empty.pem') })).join('\n'), /WEB_DIR: /);
  const all = await check({ BIND_ADDRESS: '192.0.2.1', WEB_DIR: path.join(folder, 'absent'), ...tls('absent.pem', 'absent.key') });
  assert.equal(all.length, 3, all.join('\n'));
  await rm(folder, { recursive: true });
});

test('check-config says nothing against a port that the service itself may have', async () => {
  const listener = net.createServer();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { code, stderr } = await runCommand(['check-config'], commandEnvironment(database.url, { PORT: String(listener.address().port) }));
  listener.close();
  assert.equal(code, 0, stderr);
});

test('help is printed for the program and for each command', async () => {
  const commands = ['serve', 'migrate', 'new-epoch', 'seed-demo', 'restaurant-add', 'restaurant-list', 'restaurant-disable', 'restaurant-enable', 'app-list', 'app-add', 'app-remove', 'app-disable', 'app-enable', 'healthcheck', 'check-config', 'settings-example'];
  for (const word of ['--help', '-h', 'help']) {
    const { code, stdout, stderr } = await runCommand([word], {});
    assert.deepEqual([code, stderr], [0, '']);
    for (const command of commands) assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
    for (const command of commands) {
      for (const asked of [[command, word], [word, command]]) {
        const help = await runCommand(asked, {});
        assert.deepEqual([help.code, help.stderr], [0, ''], asked.join(' '));
        assert.match(help.stdout, new RegExp(`^usage: orderpush ${command}`));
      }
    }
  }
  for (const wrong of [['help', 'sevre'], ['sevre', '--help'], ['serve', 'now'], []]) {
    const { code, stdout, stderr } = await runCommand(wrong, {});
    assert.deepEqual([code, stdout], [2, ''], wrong.join(' '));
    assert.equal(lines(stderr).length, 1, stderr);
    assert.match(stderr, /usage: orderpush /);
  }
});

test('--version and unknown commands', async () => {
  const version = await runCommand(['--version'], {});
  assert.equal(version.code, 0);
  assert.match(version.stdout, /^orderpush \d+\.\d+\.\d+\n$/);
  const unknown = await runCommand(['sevre'], {});
  assert.equal(unknown.code, 2);
  assert.equal(unknown.stdout, '');
  assert.match(unknown.stderr, /there is no command 'sevre'/);
  assert.match(unknown.stderr, /serve \| migrate \| new-epoch \| seed-demo /);
});
