// Ably's realtime protocol, over the unmodified ably-js, in both formats.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ably from 'ably';
import PusherModule from 'pusher-js';
import { ABLY_KEY, clientOptions, connectAbly, connected, listenTo, loseSocket } from '../support/ably.mjs';
import { endAll, endLater } from '../support/cleanup.mjs';
import { createRestaurant, startService } from '../support/service.mjs';
import { logIn, orderOf, placeOrder, sitDown } from '../support/fixtures.mjs';
import { waitUntil, withDeadline } from '../support/wait_until.mjs';

const Pusher = PusherModule.Pusher ?? PusherModule.default ?? PusherModule;

let service;
let demo;

before(async () => {
  let database;
  ({ database, demo } = await createRestaurant());
  service = await startService(database.url);
});

after(endAll);

for (const useBinaryProtocol of [false, true]) {
  const format = useBinaryProtocol ? 'MessagePack' : 'JSON';
  const connect = (more) => connectAbly(service, { useBinaryProtocol, ...more });
  const named = (name) => `${name}-${format.toLowerCase()}`;

  test(`${format}: a client connects, attaches, publishes and hears its echo`, async () => {
    const client = await connect();
    assert.match(client.connection.id, /^[\w-]{10}$/);
    const { channel, heard } = await listenTo(client, named('echo'));
    assert.deepEqual(new Set(channel.modes), new Set(['publish', 'subscribe', 'presence', 'presence_subscribe', 'annotation_publish']));
    const result = await channel.publish('greet', { hi: 1 });
    await waitUntil('the echo', () => heard.length === 1);
    const [message] = heard;
    assert.equal(message.name, 'greet');
    assert.deepEqual(message.data, { hi: 1 });
    assert.equal(message.connectionId, client.connection.id);
    assert.equal(message.id, `${client.connection.id}:0:0`);
    assert.equal(message.serial, result.serials[0]);
    assert.ok(Math.abs(message.timestamp - Date.now()) < 60_000);
  });

  test(`${format}: text, bytes, objects, extras and nothing arrive as they were sent, several as one`, async () => {
    const sender = await connect({ echoMessages: false });
    const other = await connectAbly(service, { useBinaryProtocol: !useBinaryProtocol });
    const { heard } = await listenTo(other, named('kinds'));
    const own = await listenTo(sender, named('kinds'));
    await own.channel.publish([
      { name: 'text', data: 'grün' },
      { name: 'bytes', data: Buffer.from([0, 255, 1]) },
      { name: 'empty', data: Buffer.alloc(0) },
      { name: 'object', data: { n: [1, 2, { a: null }] } },
      { data: 'unnamed', extras: { headers: { a: 'b', n: { deep: [1] } } } },
      { name: 'nothing' },
    ]);
    await waitUntil('all six', () => heard.length === 6);
    assert.deepEqual(heard.map((message) => message.name), ['text', 'bytes', 'empty', 'object', undefined, 'nothing']);
    assert.equal(heard[0].data, 'grün');
    assert.deepEqual([...heard[1].data], [0, 255, 1]);
    assert.equal(heard[2].data.length, 0);
    assert.deepEqual(heard[3].data, { n: [1, 2, { a: null }] });
    assert.deepEqual(heard[4].extras.headers, { a: 'b', n: { deep: [1] } });
    assert.equal(heard[5].data, undefined);
    assert.deepEqual(own.heard, []);
  });

  test(`${format}: members are seen, change and leave, over two clients`, async () => {
    const ana = await connect({ clientId: 'ana' });
    const bo = await connect({ clientId: 'bo' });
    const room = ana.channels.get(named('members'));
    await room.presence.enter({ at: 'desk' });
    assert.deepEqual((await room.presence.get()).map((member) => member.clientId), ['ana']);
    const theirs = bo.channels.get(named('members'));
    const changes = [];
    await theirs.presence.subscribe((change) => changes.push(`${change.action} ${change.clientId} ${JSON.stringify(change.data)}`));
    assert.deepEqual((await theirs.presence.get()).map((member) => member.data), [{ at: 'desk' }]);
    await room.presence.update({ at: 'door' });
    await waitUntil('the change', () => changes.includes('update ana {"at":"door"}'));
    await theirs.presence.enter();
    await waitUntil('both', async () => (await room.presence.get()).length === 2);
    await room.presence.leave();
    await waitUntil('the leave', () => changes.includes('leave ana {"at":"door"}'));
    bo.close();
    await waitUntil('nobody', async () => (await room.presence.get()).length === 0);
  });

  test(`${format}: what comes while a socket is lost is heard once, in order, and the connection is the same`, async () => {
    const listener = await connect({ clientId: 'kept' });
    const sender = await connect();
    const { channel, heard } = await listenTo(listener, named('resume'));
    await channel.presence.enter();
    const id = listener.connection.id;
    const key = listener.connection.key;
    const target = sender.channels.get(named('resume'));
    await target.publish('n', { n: 0 });
    await waitUntil('the first', () => heard.length === 1);
    const states = [];
    channel.on((change) => states.push(change));
    loseSocket(listener);
    const sent = [];
    for (let n = 1; n <= 20; ++n) sent.push(target.publish('n', { n }));
    await Promise.all(sent);
    await waitUntil('all', () => heard.length >= 21);
    assert.deepEqual(heard.map((message) => message.data.n), Array.from({ length: 21 }, (_, n) => n));
    assert.equal(listener.connection.id, id);
    assert.notEqual(listener.connection.key, key);
    assert.ok(states.some((change) => change.current === 'attached' && change.resumed));
    assert.deepEqual((await target.presence.get()).map((member) => member.clientId), ['kept']);
  });

  test(`${format}: rewind, by params and by name`, async () => {
    const client = await connect();
    const first = client.channels.get(named('rewound'));
    for (let n = 1; n <= 3; ++n) await first.publish('n', { n });
    const later = await connect();
    const byParams = await listenTo(later, named('rewound'), { params: { rewind: '2' } });
    const byName = await listenTo(later, `[?rewind=1]${named('rewound')}`);
    await waitUntil('both', () => byParams.heard.length === 2 && byName.heard.length === 1);
    assert.deepEqual(byParams.heard.map((message) => message.data.n), [2, 3]);
    assert.equal(byName.heard[0].data.n, 3);
    await first.publish('n', { n: 4 });
    await waitUntil('the next', () => byParams.heard.length === 3 && byName.heard.length === 2);
  });
}

test('a client that names a connection nobody knows gets a new one, and is told so', async () => {
  const client = new Ably.Realtime(clientOptions(service, { recover: JSON.stringify({ connectionKey: 'aBcDeFgHiJ!k1', msgSerial: 3, channelSerials: { lost: '01700000000001-000@abcdef01' } }) }));
  endLater(() => client.close());
  await connected(client);
  assert.equal(client.connection.errorReason?.code, 80018);
  const channel = client.channels.get('lost');
  const attached = withDeadline('the attach', new Promise((resolve) => channel.once('attached', resolve)));
  await channel.attach();
  const change = await attached;
  assert.equal(change.resumed, false);
  assert.equal(change.reason?.code, 90003);
});

test('a wrong secret, an unknown key and a key without form fail for good, with Ably’s codes', async () => {
  for (const [key, code] of [[ABLY_KEY.replace(/.$/, 'x'), 40101], ['nobody.knows:secret', 40400]]) {
    const client = new Ably.Realtime(clientOptions(service, { key }));
    endLater(() => client.close());
    const { reason } = await withDeadline('the failure', client.connection.whenState('failed'));
    assert.equal(reason.code, code);
  }
});

test('a capability narrows what is attached and published, and only the service publishes on the restaurant’s channels', async () => {
  const rest = new Ably.Rest(clientOptions(service));
  const token = await rest.auth.requestToken({ capability: { 'open:*': ['*'], 'quiet': ['subscribe'] }, clientId: 'narrow' });
  const client = await connectAbly(service, { key: undefined, token: token.token });
  assert.equal(client.auth.clientId, 'narrow');
  await assert.rejects(client.channels.get('other').attach(), (error) => error.code === 40160);
  await client.channels.get('open:a').attach();
  const quiet = client.channels.get('quiet');
  await quiet.attach();
  await assert.rejects(quiet.publish('x', 'y'), (error) => error.code === 40160);
  await assert.rejects(client.channels.get('open:b').publish([{ name: 'x', clientId: 'other' }]), (error) => error.code === 40012);

  const full = await connectAbly(service);
  const kitchen = full.channels.get(`kitchen:${demo.branches[0].id}`);
  await kitchen.attach();
  await assert.rejects(kitchen.publish('order:created', {}), (error) => error.code === 40160);
});

test('free channels are shared with pusher-js: what is published by ably-js comes as events', async () => {
  const client = await connectAbly(service, { clientId: 'by-ably' });
  const { channel, heard } = await listenTo(client, 'news');
  const pusher = new Pusher('relaykey01', { cluster: '', wsHost: '127.0.0.1', wsPort: service.port, forceTLS: false, enabledTransports: ['ws'] });
  endLater(() => pusher.disconnect());
  const theirs = [];
  const subscribed = pusher.subscribe('news');
  subscribed.bind_global((event, data) => theirs.push([event, data]));
  await waitUntil('the subscription', () => subscribed.subscribed);
  await channel.publish([{ name: 'a', data: { n: 1 } }, { name: 'b', data: 'text' }, { name: 'pusher:error', data: 'no' }]);
  await waitUntil('both events', () => theirs.filter(([event]) => event === 'a' || event === 'b').length === 2);
  assert.deepEqual(theirs.filter(([event]) => !event.startsWith('pusher:subscription')), [['a', { n: 1 }], ['b', 'text']]);
  await waitUntil('all three', () => heard.length === 3);
});

test('an order reaches an Ably display with its id and seq, live and again after its socket was lost', async () => {
  const branch = demo.branches[0];
  const { token } = await sitDown(service, branch.tables[0]);
  const display = await connectAbly(service);
  const { channel, heard } = await listenTo(display, `kitchen:${branch.id}`);
  await placeOrder(service, token, orderOf(branch));
  await waitUntil('the order', () => heard.some((message) => message.name === 'order:created'));
  const created = heard.find((message) => message.name === 'order:created');
  assert.equal(created.id, `${created.data.id}:0`);
  assert.ok(created.data.seq > 0);
  loseSocket(display);
  await placeOrder(service, token, orderOf(branch));
  const orders = () => heard.filter((message) => message.name === 'order:created');
  await waitUntil('the second order', () => orders().length === 2);
  const seqs = heard.map((message) => message.data.seq).filter((seq) => seq);
  assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b));
  const late = await connectAbly(service);
  const rewound = await listenTo(late, `kitchen:${branch.id}`, { params: { rewind: '100' } });
  await waitUntil('both again', () => rewound.heard.filter((message) => message.name === 'order:created').length === 2);
  assert.equal(channel.state, 'attached');
});
