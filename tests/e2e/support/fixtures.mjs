// What most tests need: requests as staff, guests and devices send them, over HTTP and over the unmodified pusher-js.

import PusherModule from 'pusher-js';
import { endLater } from './cleanup.mjs';
import { checkAnswer, checkEvent, checkEventPage, throwViolations } from './conformance.mjs';
import { waitUntil, withDeadline } from './wait_until.mjs';

const Pusher = PusherModule.Pusher ?? PusherModule.default ?? PusherModule;

/** {status, headers, body} of one request; `body` is parsed JSON where it is JSON. Throws if it is not as documented. */
export async function request(service, method, path, { body, token, headers = {}, raw, signal } = {}) {
  const response = await fetch(service.url + path, {
    method,
    headers: {
      ...(body === undefined && raw === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    signal,
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answer = { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
  checkAnswer(method, path, answer);
  checkEventPage(path, answer);
  return answer;
}

/** Waits until the service says that it is ready. */
export const becomesReady = (service) => waitUntil('/ready', async () => (await request(service, 'GET', '/ready')).status === 200);

/** Waits for a line of the service's log with that text: a thread of its own writes them. */
export const logs = (service, text) => waitUntil(`"${text}" in the log`, () => service.lines.some((line) => line.includes(text)));

export async function logIn(service, branch, role) {
  const { email, password } = branch.staff.find((person) => person.role === role);
  const { status, body } = await request(service, 'POST', '/v1/staff/login', { body: { email, password } });
  if (status !== 200) throw new Error(`log-in of ${email}: ${status} ${JSON.stringify(body)}`);
  return body.token;
}

export async function sitDown(service, table, more = {}) {
  const { status, body } = await request(service, 'POST', '/v1/sessions', { body: { qrToken: table.qrToken, ...more } });
  if (status !== 200 && status !== 201) throw new Error(`session: ${status} ${JSON.stringify(body)}`);
  return { token: body.token, session: body.session, deviceId: body.deviceId };
}

export function orderOf(branch, quantity = 1, menuItem = branch.menuItems[0]) {
  return { items: [{ menuItemId: menuItem.id, quantity }] };
}

export async function placeOrder(service, token, body, headers = {}) {
  const answer = await request(service, 'POST', '/v1/orders', { token, body, headers });
  if (answer.status !== 201) throw new Error(`order: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A device with pusher-js as a front-end would set it up. Every event is kept, in order of arrival. */
export class Device {
  constructor(service, token, options = {}) {
    this.events = [];
    this.errors = [];
    this.pusher = new Pusher('relaykey01', {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: service.port,
      forceTLS: false,
      enabledTransports: ['ws'],
      channelAuthorization: {
        endpoint: `${service.url}/v1/realtime/pusher/auth`,
        transport: 'ajax',
        headers: { Authorization: `Bearer ${token}` },
      },
      ...options,
    });
    this.pusher.connection.bind('error', (error) => this.errors.push(error));
    endLater(() => this.leave());
  }

  /** Subscribes, and answers with the channel once the server confirmed it. */
  async join(name) {
    const channel = this.pusher.subscribe(name);
    channel.bind_global((event, data) => {
      if (event.startsWith('pusher:')) return;
      if (!event.startsWith('client-')) checkEvent(name, event, data);
      this.events.push({ channel: name, event, data });
    });
    await withDeadline(
      `the subscription to ${name}`,
      new Promise((resolve, reject) => {
        channel.bind('pusher:subscription_succeeded', resolve);
        channel.bind('pusher:subscription_error', (error) => reject(Object.assign(new Error('refused'), { error })));
      }),
    );
    return channel;
  }

  /** The error with which the authorization endpoint's refusal ended a subscription. */
  async refusal(name) {
    const failure = await this.join(name).then(
      () => {
        throw new Error(`${name} was joined`);
      },
      (error) => error,
    );
    if (!failure.error) throw failure;
    return failure.error;
  }

  /** Waits until at least `count` events of that name have come, and answers with their data. */
  async received(event, count = 1) {
    const seen = () => this.events.filter((entry) => entry.event === event);
    await waitUntil(`${count} of ${event}`, () => seen().length >= count);
    throwViolations();
    return seen().map((entry) => entry.data);
  }

  leave() {
    this.pusher.disconnect();
  }
}
