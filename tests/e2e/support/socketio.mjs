// The unmodified socket.io-client, as the front-ends of earlier systems use it.

import { io } from 'socket.io-client';
import { endLater } from './cleanup.mjs';
import { waitUntil, withDeadline } from './wait_until.mjs';

/** What each kind of front-end passes to io(). */
export const rooms = (token) => ({ auth: { token } });
export const subscribe = rooms;
export const restaurant = (more = {}) => ({
  path: '/api/socket',
  transports: ['websocket', 'polling'],
  reconnection: true,
  reconnectionDelay: 1000,
  reconnectionAttempts: 5,
  ...more,
});

/** A client of its own connection. Every event is kept, in order of arrival: {name, payload}. */
export class SocketioDevice {
  constructor(service, options) {
    this.events = [];
    this.failures = [];
    this.socket = io(service.url, { forceNew: true, ...options });
    this.socket.onAny((name, payload) => this.events.push({ name, payload }));
    this.socket.on('connect_error', (error) => this.failures.push(error));
    endLater(() => this.leave());
  }

  connected() {
    return waitUntil('the connection', () => this.socket.connected);
  }

  transport() {
    return this.socket.io.engine?.transport.name;
  }

  /** Emits as the front-ends do, and answers with what the server acknowledges. */
  ask(...event) {
    return withDeadline(`the answer to ${event[0]}`, this.socket.emitWithAck(...event));
  }

  async join(...event) {
    const answer = await this.ask(...event);
    if (!answer.ok) throw new Error(`${event[0]}: ${JSON.stringify(answer)}`);
  }

  named(name) {
    return this.events.filter((event) => event.name === name).map(({ payload }) => payload);
  }

  /** Waits until at least `count` events of that name have come, and answers with their payloads. */
  async received(name, count = 1) {
    await waitUntil(`${count} of ${name}`, () => this.named(name).length >= count);
    return this.named(name);
  }

  leave() {
    this.socket.disconnect();
  }
}
