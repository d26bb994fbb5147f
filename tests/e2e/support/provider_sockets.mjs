// The sides of hosted Pusher and Ably that browsers see, on the port of the scripted provider: who may listen is checked
// as the vendors check it, and what the provider takes is handed on to who listens.

import { createHmac, randomBytes } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { endLater } from './cleanup.mjs';
import { ABLY_KEY, PUSHER } from './providers.mjs';

/** Sockets by channel, and what to do with them. */
class Listeners {
  constructor(provider, encode) {
    this.channels = new Map();
    this.complaints = [];
    /** While it is so, what the provider takes comes here, and to nobody else. */
    this.isMute = false;
    this.lost = [];
    this.encode = encode;
    this.server = new WebSocketServer({ server: provider.server });
    endLater(() => this.server.close());
    provider.onTaken = (event) => this.push(event);
  }

  join(channel, socket) {
    const sockets = this.channels.get(channel) ?? new Set();
    this.channels.set(channel, sockets.add(socket));
    socket.on('close', () => sockets.delete(socket));
  }

  /** {channel, name, data}, to all who listen there. */
  push(event) {
    if (this.isMute) return void this.lost.push(event);
    for (const socket of this.channels.get(event.channel) ?? []) socket.send(JSON.stringify(this.encode(event)));
  }

  /** Ends every connection; new ones are taken. */
  drop() {
    for (const socket of this.server.clients) socket.terminate();
  }
}

/** pusher-js, protocol 7. */
export function acceptPusherClients(provider) {
  const listeners = new Listeners(provider, ({ channel, name, data }) => ({ event: name, channel, data: JSON.stringify(data) }));
  listeners.server.on('connection', (socket) => {
    const socketId = `${randomBytes(3).readUIntBE(0, 3)}.${randomBytes(3).readUIntBE(0, 3)}`;
    const send = (event, data, channel) => socket.send(JSON.stringify({ event, data: JSON.stringify(data), ...(channel ? { channel } : {}) }));
    const subscribe = ({ channel, auth, channel_data }) => {
      const text = [socketId, channel, ...(channel_data ? [channel_data] : [])].join(':');
      const expected = `${PUSHER.key}:${createHmac('sha256', PUSHER.secret).update(text).digest('hex')}`;
      if (auth !== expected) {
        listeners.complaints.push(`${channel}: ${auth}`);
        return send('pusher:subscription_error', { type: 'AuthError', status: 401 }, channel);
      }
      listeners.join(channel, socket);
      const { user_id: id, user_info: info } = JSON.parse(channel_data ?? '{}');
      send('pusher_internal:subscription_succeeded', id ? { presence: { count: 1, ids: [id], hash: { [id]: info } } } : {}, channel);
    };
    socket.on('message', (text) => {
      const { event, data } = JSON.parse(text);
      if (event === 'pusher:ping') send('pusher:pong', {});
      if (event === 'pusher:subscribe') subscribe(data);
    });
    send('pusher:connection_established', { socket_id: socketId, activity_timeout: 120 });
  });
  return listeners;
}

const ABLY = { heartbeat: 0, ack: 1, connected: 4, attach: 10, attached: 11, presence: 14, message: 15 };
/** PRESENCE, SUBSCRIBE and PRESENCE_SUBSCRIBE are granted. */
const ABLY_MODES = 65536 | 262144 | 524288;

/** What a token of ours says, or nothing if it is forged or over. */
function claimsOf(token) {
  const [head, claims, signature] = (token ?? '').split('.');
  const expected = createHmac('sha256', ABLY_KEY.split(':')[1]).update(`${head}.${claims}`).digest('base64url');
  if (signature !== expected) return undefined;
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
  return said.exp > Date.now() / 1000 ? { clientId: said['x-ably-clientId'], capability: JSON.parse(said['x-ably-capability']) } : undefined;
}

/** ably-js, with tokens of ours. */
export function acceptAblyClients(provider) {
  let serial = 0;
  const nextSerial = () => `${String(++serial).padStart(14, '0')}-000@test`;
  const listeners = new Listeners(provider, ({ channel, name, data }) => {
    const message = { name, data: JSON.stringify(data), encoding: 'json' };
    return { action: ABLY.message, channel, id: `test:${serial}`, timestamp: Date.now(), channelSerial: nextSerial(), messages: [message] };
  });
  listeners.server.on('connection', (socket, { url }) => {
    const send = (frame) => socket.send(JSON.stringify(frame));
    const token = new URL(url, 'http://ably').searchParams.get('access_token');
    const claims = claimsOf(token);
    if (!claims) {
      listeners.complaints.push(`token ${token}`);
      return socket.close();
    }
    const attach = (channel) => {
      if (!claims.capability[channel]?.includes('subscribe')) return listeners.complaints.push(`channel ${channel}`);
      listeners.join(channel, socket);
      send({ action: ABLY.attached, channel, channelSerial: nextSerial(), flags: ABLY_MODES });
    };
    socket.on('message', (text) => {
      const frame = JSON.parse(text);
      if (frame.action === ABLY.heartbeat) send(frame);
      if (frame.action === ABLY.presence) send({ action: ABLY.ack, msgSerial: frame.msgSerial, count: 1 });
      if (frame.action === ABLY.attach) attach(frame.channel);
    });
    const connectionId = randomBytes(6).toString('hex');
    const connectionDetails = { clientId: claims.clientId, connectionKey: `${connectionId}!k`, maxMessageSize: 65536, maxIdleInterval: 0, connectionStateTtl: 120000 };
    send({ action: ABLY.connected, connectionId, connectionDetails });
  });
  return listeners;
}
