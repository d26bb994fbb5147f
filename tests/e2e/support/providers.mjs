// Hosted providers as a publisher meets them: scripted servers that check what the hosted ones check, with the vendors'
// own packages as judges of signatures, and that misbehave when told.

import http from 'node:http';
import AblyModule from 'ably';
import PusherServer from 'pusher';
import { endLater } from './cleanup.mjs';

export const Ably = AblyModule.default ?? AblyModule;

export const PUSHER = { appId: '77001', key: 'relaykey01', secret: 'relay-secret-For-Tests' };
export const ABLY_KEY = 'Zq7abc.kY9xyz:s3cretS3cret_S3cret-22';

/** {url, host, port}: every request goes to `answer(request)`, which gives {status, body, headers} or 'cut'. */
async function serve(answer) {
  const server = http.createServer((request, response) => {
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
      if (given === 'cut') return request.socket.destroy();
      const { status = 200, body = {}, headers = {} } = given;
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  endLater(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address();
  return { url: `http://127.0.0.1:${port}`, host: '127.0.0.1', port };
}

/** What both scripted providers share: a plan of answers that come before the honest ones. */
class Scripted {
  constructor() {
    this.complaints = [];
    this.requests = 0;
    this.plan = [];
    this.permanent = null;
  }

  planned() {
    this.requests += 1;
    return this.plan.shift() ?? this.permanent;
  }

  refuse(status, body, headers) {
    this.complaints.push(`${status} ${JSON.stringify(body)}`);
    return { status, body, headers };
  }
}

/** Pusher's HTTP API. `events` has what it took: {channel, name, data}, in order. */
export class PusherProvider extends Scripted {
  async start() {
    this.events = [];
    this.judge = new PusherServer({ ...PUSHER, host: '127.0.0.1' });
    Object.assign(this, await serve((request) => this.planned() ?? this.answer(request)));
    return this;
  }

  /** The query that the vendor's package would have sent at that second. */
  expectedQuery({ method, rawPath, body }, timestamp) {
    const now = Date.now;
    Date.now = () => timestamp * 1000;
    try {
      return this.judge.createSignedQueryString({ method, path: rawPath, body });
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
    if (request.headers['content-type'] !== 'application/json') return this.refuse(400, 'not JSON\n');
    const body = JSON.parse(request.body);
    const batch = body.batch ?? [body];
    if (batch.length > 10) return this.refuse(400, 'Batch too large\n');
    for (const { data } of batch) {
      if (typeof data !== 'string' || Buffer.byteLength(data) > 10_240) return this.refuse(413, 'too large\n');
    }
    for (const { name, data, channel, channels = [channel] } of batch) {
      for (const each of channels) this.events.push({ channel: each, name, data: JSON.parse(data) });
    }
    return { body: {} };
  }
}

/** Ably's REST API. `messages` has what it took: {channel, id, name, data}, decoded by the SDK, repeats left out. */
export class AblyProvider extends Scripted {
  async start() {
    this.messages = [];
    this.seen = new Set();
    this.tokenRequests = [];
    this.bearers = [];
    this.losesNext = false;
    Object.assign(this, await serve((request) => this.planned() ?? this.answer(request)));
    return this;
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
      this.messages.push({ channel, id: message.id, name: message.name, data: message.data });
    }
  }
}
