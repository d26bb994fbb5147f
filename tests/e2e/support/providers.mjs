// Hosted providers as a publisher meets them: scripted servers that check what the hosted ones check, with the vendors'
// own packages verifying signatures, and that fail as a test asks.

import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import AblyModule from 'ably';
import PusherServer from 'pusher';
import { endLater } from './cleanup.mjs';

export const Ably = AblyModule.default ?? AblyModule;

export const PUSHER = { appId: '77001', key: 'relaykey01', secret: 'relay-secret-For-Tests' };
export const ABLY_KEY = 'Zq7abc.kY9xyz:s3cretS3cret_S3cret-22';

const sign = (secret, text, form) => createHmac('sha256', secret).update(text).digest(form);

/** Ways to fail, by name: each gets the connection instead of the answer. */
const FAULTY_ANSWERS = {
  /** closes the connection */
  cut: (socket) => socket.destroy(),
  /** resets it */
  reset: (socket) => socket.resetAndDestroy(),
  /** says nothing, ever */
  hang: () => {},
  /** promises more than it sends, and closes */
  half: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{"chan'),
  /** sends a byte at a time and never ends */
  drip: (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n');
    const timer = setInterval(() => socket.write(' '), 100);
    socket.on('close', () => clearInterval(timer));
  },
  /** answers with what is no HTTP */
  garbage: (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
};

/** {url, host, port}: every request goes to `answer(request)`, which gives {status, body, headers} or a name of FAULTY_ANSWERS. */
async function serve(answer, tls) {
  const listener = (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const given = await answer({
        method: request.method,
        url: new URL(request.url, 'http://provider'),
        rawPath: request.url.split('?')[0],
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      });
      if (FAULTY_ANSWERS[given]) {
        request.socket.on('error', () => {}); // the other side gives up
        return FAULTY_ANSWERS[given](request.socket);
      }
      const { status = 200, body = {}, headers = {} } = given;
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  endLater(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address();
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, host: '127.0.0.1', port, server };
}

/**
 * What both scripted providers share: a `plan` of answers that come before the honest ones, and a `permanent` one that
 * stands until it is taken back. An answer is {status, body, headers}, a name of FAULTY_ANSWERS, or 'lose': takes what was sent
 * and drops the connection without an answer.
 */
class Scripted {
  constructor() {
    this.complaints = [];
    this.requests = 0;
    this.plan = [];
    this.permanent = null;
    this.onRequest = null; // (request) on each
    this.onTaken = null; // (event) on each that it took
  }

  planned() {
    this.requests += 1;
    return this.plan.shift() ?? this.permanent;
  }

  async handle(request) {
    // Questions after who is there are not part of a plan.
    if (request.method === 'GET') return this.permanent ?? this.answer(request);
    const planned = this.planned();
    this.onRequest?.(request);
    if (planned === 'lose') {
      await this.answer(request);
      return 'cut';
    }
    return planned ?? this.answer(request);
  }

  refuse(status, body, headers) {
    this.complaints.push(`${status} ${JSON.stringify(body)}`);
    return { status, body, headers };
  }
}

/** Pusher's HTTP API. `events` has what it took: {channel, name, data}, in order; `users` whom it lists, by channel. */
export class PusherProvider extends Scripted {
  /** `tls`: {key, cert} of an HTTPS server. */
  async start(tls) {
    this.events = [];
    this.users = new Map();
    this.listings = 0;
    this.verifier = new PusherServer({ ...PUSHER, host: '127.0.0.1' });
    Object.assign(this, await serve((request) => this.handle(request), tls));
    return this;
  }

  /** The headers and body of a webhook, as the vendor's package accepts them. */
  webhook(events, timeMs = Date.now()) {
    const rawBody = JSON.stringify({ time_ms: timeMs, events });
    const headers = { 'content-type': 'application/json', 'x-pusher-key': PUSHER.key, 'x-pusher-signature': sign(PUSHER.secret, rawBody, 'hex') };
    if (!this.verifier.webhook({ headers, rawBody }).isValid()) throw new Error('the package refuses our webhook');
    return { headers, raw: rawBody };
  }

  list({ rawPath }) {
    const [, , appId, , channel] = rawPath.split('/');
    if (appId !== PUSHER.appId) return this.refuse(404, 'no such app\n');
    if (channel) return { body: { users: [...(this.users.get(channel) ?? [])].map((id) => ({ id })) } };
    this.listings += 1;
    const occupied = [...this.users].filter(([, ids]) => ids.length > 0);
    return { body: { channels: Object.fromEntries(occupied.map(([name, ids]) => [name, { user_count: ids.length }])) } };
  }

  /** The query that the vendor's package would have sent at that second. */
  expectedQuery({ method, url, rawPath, body }, timestamp) {
    const params = Object.fromEntries([...url.searchParams].filter(([name]) => !/^(auth_|body_md5)/.test(name)));
    const now = Date.now;
    Date.now = () => timestamp * 1000;
    try {
      return this.verifier.createSignedQueryString({ method, path: rawPath, body: body || undefined, params });
    } finally {
      Date.now = now;
    }
  }

  answer(request) {
    const given = Object.fromEntries(request.url.searchParams);
    const expected = Object.fromEntries(new URLSearchParams(this.expectedQuery(request, Number(given.auth_timestamp))));
    if (JSON.stringify(Object.entries(given).sort()) !== JSON.stringify(Object.entries(expected).sort())) {
      return this.refuse(401, `Invalid signature of ${request.rawPath}\n`);
    }
    if (Math.abs(Date.now() / 1000 - Number(given.auth_timestamp)) >= 600) return this.refuse(401, 'Timestamp expired\n');
    if (given.auth_version !== '1.0') return this.refuse(401, 'Invalid auth version\n');
    if (request.method === 'GET') return this.list(request);
    if (request.headers['content-type'] !== 'application/json') return this.refuse(400, 'not JSON\n');
    const body = JSON.parse(request.body);
    const batch = body.batch ?? [body];
    if (batch.length > 10) return this.refuse(400, 'Batch too large\n');
    for (const { data } of batch) {
      if (typeof data !== 'string' || Buffer.byteLength(data) > 10_240) return this.refuse(413, 'too large\n');
    }
    for (const { name, data, channel, channels = [channel] } of batch) {
      for (const each of channels) {
        const event = { channel: each, name, data: JSON.parse(data) };
        this.events.push(event);
        this.onTaken?.(event);
      }
    }
    return { body: {} };
  }
}

/** Ably's REST API. `messages` has what it took: {channel, id, name, data}, decoded by the SDK, repeats left out. */
export class AblyProvider extends Scripted {
  async start() {
    this.messages = [];
    this.presence = new Map();
    this.seen = new Set();
    this.tokenRequests = [];
    this.bearers = [];
    this.losesNext = false;
    Object.assign(this, await serve((request) => this.handle(request)));
    return this;
  }

  /** The headers and body of a batched, signed webhook. */
  webhook(items) {
    const [key, secret] = ABLY_KEY.split(':');
    const raw = JSON.stringify({ items });
    return { headers: { 'content-type': 'application/json', 'x-ably-key': key, 'x-ably-signature': sign(secret, raw, 'base64') }, raw };
  }

  /** `presence` has the members of each channel; lists come in pages of two. */
  list({ rawPath, url }) {
    const channel = rawPath.split('/')[2];
    const all = channel ? this.presence.get(decodeURIComponent(channel)) ?? [] : [...this.presence.keys()];
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const path = channel ? 'presence' : 'channels';
    const link = all.length > from + 2 ? { Link: `<./${path}?cursor=${from + 2}>; rel="next"` } : {};
    return { body: all.slice(from, from + 2), headers: link };
  }

  async answer(request) {
    const { method, rawPath, headers } = request;
    if (rawPath.endsWith('/requestToken')) {
      this.tokenRequests.push(JSON.parse(request.body));
      return { status: 201, body: { token: 'opaque', keyName: 'Zq7abc.kY9xyz', issued: Date.now(), expires: Date.now() + 60_000, capability: '{}' } };
    }
    if (headers.authorization?.startsWith('Bearer ')) {
      this.bearers.push(Buffer.from(headers.authorization.slice(7), 'base64').toString());
      return { body: [] };
    }
    const basic = `Basic ${Buffer.from(ABLY_KEY).toString('base64')}`;
    if (headers.authorization !== basic) return this.refuse(401, { error: { code: 40101, statusCode: 401, message: 'invalid credentials' } });
    if (method === 'GET') return this.list(request);
    if (method !== 'POST') return this.refuse(405, { error: { code: 40500, statusCode: 405, message: 'method' } });
    const body = JSON.parse(request.body);
    const specs = rawPath === '/messages' ? body : [{ channels: [decodeURIComponent(rawPath.split('/')[2])], messages: body }];
    const replies = [];
    for (const { channels, messages } of specs) {
      for (const channel of channels) await this.take(channel, messages);
      replies.push({ successCount: 1, failureCount: 0, results: channels.map((channel) => ({ channel, messageId: messages[0].id })) });
    }
    if (this.losesNext) {
      this.losesNext = false;
      return 'cut';
    }
    return { status: 201, body: rawPath === '/messages' ? replies : replies[0].results[0] };
  }

  async take(channel, messages) {
    for (const wire of messages) {
      if (!/^[0-9a-f-]{36}:0$/.test(wire.id)) this.complaints.push(`id ${wire.id}`);
      const key = `${channel} ${wire.id}`;
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      const message = await Ably.Rest.Message.fromEncoded({ ...wire });
      const taken = { channel, id: message.id, name: message.name, data: message.data };
      this.messages.push(taken);
      this.onTaken?.(taken);
    }
  }
}
