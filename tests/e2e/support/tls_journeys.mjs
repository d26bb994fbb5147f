// Run by tls.test.mjs, with NODE_EXTRA_CA_CERTS and CERTIFICATE_FOLDER.

import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import PusherServer from 'pusher';
import { endAll } from './cleanup.mjs';
import { Device, becomesReady, logIn, orderOf, placeOrder, request, sitDown } from './fixtures.mjs';
import { createRestaurant, startService } from './service.mjs';
import { waitUntil, withDeadline } from './wait_until.mjs';

const folder = process.env.CERTIFICATE_FOLDER;
const certificate = `${folder}/served.pem`;
const key = `${folder}/served.key`;

let service, harbor, device, publisher;

async function serve(name) {
  await copyFile(`${folder}/${name}.pem`, certificate);
  await copyFile(`${folder}/${name}.key`, key);
}

/** The name in the certificate that a new connection is served with. */
const served = () =>
  withDeadline(
    'the handshake',
    new Promise((resolve, reject) => {
      const socket = tls.connect({ host: '127.0.0.1', port: service.port, ALPNProtocols: ['http/1.1'] }, () => {
        const answer = { name: socket.getPeerCertificate().subject.CN, alpn: socket.alpnProtocol };
        socket.destroy();
        resolve(answer);
      });
      socket.on('error', reject);
    }),
  );

before(async () => {
  const { database, demo } = await createRestaurant();
  [harbor] = demo.branches;
  await serve('first');
  service = await startService(database.url, {
    TLS_CERTIFICATE_FILE: certificate,
    TLS_PRIVATE_KEY_FILE: key,
    BUILTIN_RECONNECT_SECONDS: '0',
  });
  publisher = new PusherServer({
    appId: '77001',
    key: 'relaykey01',
    secret: 'relay-secret-For-Tests-of-enough-characters',
    host: '127.0.0.1',
    port: String(service.port),
    useTLS: true,
  });
});
after(endAll);

test('who speaks plain http to the port is told what it speaks', async () => {
  const answer = await fetch(`http://127.0.0.1:${service.port}/live`);
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).code, 'tls_required');
  assert.equal(answer.headers.get('strict-transport-security'), null);
});

test('every answer asks for TLS from now on', async () => {
  for (const path of ['/live', '/nothing', '/v1/orders', '/docs']) {
    const answer = await fetch(service.url + path);
    assert.equal(answer.headers.get('strict-transport-security'), 'max-age=31536000', path);
  }
});

test('TLS 1.2 has forward secrecy and authenticated encryption only', async () => {
  const offer = (ciphers) =>
    new Promise((resolve) => {
      const options = { host: '127.0.0.1', port: service.port, maxVersion: 'TLSv1.2', ciphers, rejectUnauthorized: false };
      const socket = tls.connect(options, () => {
        resolve(socket.getCipher().name);
        socket.destroy();
      });
      socket.on('error', () => resolve('refused'));
    });
  assert.match(await offer('DEFAULT'), /^ECDHE-.*(GCM|POLY1305)/);
  for (const weak of ['AES128-GCM-SHA256', 'AES256-SHA', 'ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA', 'DHE-RSA-AES128-GCM-SHA256']) {
    assert.equal(await offer(weak), 'refused', weak);
  }
});

test('an order reaches the kitchen over https and wss', async () => {
  await becomesReady(service);
  const cook = await logIn(service, harbor, 'KITCHEN');
  device = new Device(service, cook, { forceTLS: true, wssPort: service.port });
  await device.join(`presence-kitchen-${harbor.id}`);
  const guest = await sitDown(service, harbor.tables[0]);
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  await waitUntil('the order', async () => (await device.received('order:created')).some(({ orderId }) => orderId === order.id));
});

test('a server of somebody else publishes over https what a page receives over wss', async () => {
  const received = [];
  device.pusher.subscribe('news').bind('published', (data) => received.push(data));
  await waitUntil('the subscription', () => device.pusher.channel('news').subscribed);
  const long = 'x'.repeat(9_000);
  for (let i = 0; i < 50; ++i) await publisher.trigger('news', 'published', { i, long });
  await waitUntil('all of it', () => received.length === 50);
  assert.deepEqual(received.map(({ i }) => i), [...Array(50).keys()]);
});

test('the settings for clients say https and wss', async () => {
  const guest = await sitDown(service, harbor.tables[0]);
  const { status, body } = await request(service, 'GET', '/v1/realtime', { token: guest.token });
  assert.equal(status, 200, JSON.stringify(body));
  assert.match(JSON.stringify(body), /"forceTLS":true|https:|wss:/);
});

test('SIGHUP serves new connections with the new certificate, and those there are go on', async () => {
  assert.deepEqual(await served(), { name: 'first', alpn: 'http/1.1' });
  await serve('second');
  service.signal('SIGHUP');
  await waitUntil('the new certificate', async () => (await served()).name === 'second');
  assert.equal(device.pusher.connection.state, 'connected');
  const heard = withDeadline('news', new Promise((resolve) => device.pusher.channel('news').bind('again', resolve)));
  await publisher.trigger('news', 'again', {});
  await heard;
});

test('a certificate that cannot be used changes nothing, and is logged as an error', async () => {
  await writeFile(certificate, 'half a certif');
  service.signal('SIGHUP');
  await waitUntil('the line', () => service.lines.some((line) => line.includes('"event":"certificate_kept"') && line.includes('served.pem')));
  assert.equal((await served()).name, 'second');
  assert.equal(device.pusher.connection.state, 'connected');
});

test('a stop closes wss as it closes ws', async () => {
  const closed = new Promise((resolve) => device.pusher.connection.bind('state_change', resolve));
  const { code } = await service.stop();
  assert.equal(code, 0);
  await withDeadline('the close', closed);
});
