// Socket.IO clients before two instances, behind Debian's nginx and HAProxy with the documented rules.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BALANCERS, startBalancer } from '../support/balancers.mjs';
import { endAll } from '../support/cleanup.mjs';
import { becomesReady, logIn, orderOf, placeOrder, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { SocketioDevice, rooms } from '../support/socketio.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let created;
let harbor;

before(async () => {
  created = await createRestaurant();
  [harbor] = created.demo.branches;
});

after(endAll);

async function startInstance(more) {
  const port = await freePort();
  const service = await startService(created.database.url, {
    PORT: String(port),
    BROKER: 'postgres',
    BUILTIN_RECONNECT_SECONDS: '0',
    TRUSTED_PROXIES: '127.0.0.1',
    ...more,
  });
  await becomesReady(service);
  return service;
}

/** Of the session, while it is open. */
const instanceOf = ({ socket }) => socket.io.engine.id.split('.')[0];

for (const kind of BALANCERS) {
  test(`${kind}: a session stays with its instance, and moves when that dies`, async () => {
    const a = await startInstance({ SOCKETIO_INSTANCE: 'a' });
    const b = await startInstance({ SOCKETIO_INSTANCE: 'b' });
    const balancer = await startBalancer(kind, [a.port, b.port]);
    const cook = await logIn(a, harbor, 'KITCHEN');
    const guest = await sitDown(b, harbor.tables[BALANCERS.indexOf(kind)]);
    const transports = [['polling', 'websocket'], ['polling'], ['websocket']];
    const devices = [...transports, ...transports, ...transports].map(
      (some) => new SocketioDevice(balancer, { ...rooms(cook), transports: some }),
    );
    for (const device of devices) await device.join('join:kitchen');
    for (const device of devices.filter(({ socket }) => socket.io.opts.transports.length === 2)) {
      await waitUntil('the upgrade', () => device.transport() === 'websocket');
    }
    assert.deepEqual(devices.flatMap(({ failures }) => failures), []);
    assert.deepEqual([...new Set(devices.map(instanceOf))].sort(), ['a', 'b']);

    const orders = [(await placeOrder(a, guest.token, orderOf(harbor))).id];
    for (const device of devices) await device.received('order:created');
    const moved = devices.filter((device) => instanceOf(device) === 'a');
    await a.kill();
    orders.push((await placeOrder(b, guest.token, orderOf(harbor))).id);
    for (const device of devices) {
      await device.received('order:created', 2);
      await waitUntil('the other instance', () => device.socket.connected && instanceOf(device) === 'b');
      assert.equal(device.socket.recovered, moved.includes(device));
      assert.deepEqual(device.named('order:created').map(({ orderId }) => orderId), orders);
    }
    devices.forEach((device) => device.leave());
    await b.stop();
  });
}

test('WebSockets alone need no balancer that knows sessions', async () => {
  const only = { SOCKETIO_TRANSPORTS: 'websocket' };
  const instances = [await startInstance(only), await startInstance(only)];
  const balancer = await startBalancer('nginx', instances.map(({ port }) => port));
  const cook = await logIn(instances[0], harbor, 'KITCHEN');
  const guest = await sitDown(instances[0], harbor.tables[2]);
  const devices = Array.from(
    { length: 4 },
    () => new SocketioDevice(balancer, { ...rooms(cook), transports: ['websocket'] }),
  );
  for (const device of devices) await device.join('join:kitchen');
  const { id } = await placeOrder(instances[1], guest.token, orderOf(harbor));
  for (const device of devices) {
    const [{ orderId }] = await device.received('order:created');
    assert.equal(orderId, id);
  }
  const refused = await fetch(`${balancer.url}/socket.io/?EIO=4&transport=polling`);
  assert.deepEqual([refused.status, (await refused.json()).code], [400, 0]);
  devices.forEach((device) => device.leave());
  for (const instance of instances) await instance.stop();
});
