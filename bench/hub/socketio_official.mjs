// The official Socket.IO server for Node with what the measurements need: clients poll and join the kitchen, and a
// POST publishes. Prints "listening PORT"; runs until it is killed.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../tests/e2e/package.json', import.meta.url));
const { Server } = require('socket.io');

const hour = 3_600_000;
let seq = 0;
const http = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    io.to('kitchen').emit('order:confirmed', orderEvent(JSON.parse(body).data));
    response.end('{}');
  });
});
http.keepAliveTimeout = hour;
const io = new Server(http, { pingInterval: hour, transports: ['polling', 'websocket'] });
io.on('connection', (socket) => {
  socket.on('join:kitchen', (acknowledge) => {
    socket.join('kitchen');
    acknowledge({ ok: true });
  });
});
http.listen(0, '127.0.0.1', () => console.log(`listening ${http.address().port}`));

/** As the built-in server's. */
function orderEvent(note) {
  seq += 1;
  return {
    id: '0190a5c0-7b1c-7def-8123-000000000009',
    seq,
    type: 'order:confirmed',
    occurredAt: '2026-11-30T12:00:00.000Z',
    orderId: '0190a5c0-7b1c-7def-8123-000000000008',
    orderNumber: '17',
    tableNumber: '4',
    status: 'confirmed',
    note,
  };
}
