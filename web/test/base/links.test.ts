// The two SDKs behind one interface; what they send over the wire is tried in tests/e2e.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LinkRequest } from '../../src/base/realtime/link_types';
import { installBrowser, jsonResponse, problem, until } from '../browser';

installBrowser();

type Listener = (data: unknown) => void;
class Emitter {
  readonly listeners = new Map<string, Listener[]>();
  on(name: string | Listener, listener?: Listener): void {
    const [key, call] = typeof name === 'string' ? [name, listener!] : ['*', name];
    this.listeners.set(key, [...(this.listeners.get(key) ?? []), call]);
  }
  bind = (name: string, listener: Listener) => this.on(name, listener);
  unbind_all = () => this.listeners.clear();
  emit(name: string, data?: unknown): void {
    for (const listener of this.listeners.get(name) ?? []) listener(data);
  }
}

const sdk = { made: [] as { options: Record<string, unknown>; connection: Emitter & { state?: string }; channels: Map<string, FakeChannel>; isClosed: boolean }[] };

class FakeChannel extends Emitter {
  global: ((name: string, data: unknown) => void) | undefined;
  subscribed = 0;
  readonly entered: unknown[] = [];
  readonly presence = { enter: (data: unknown) => Promise.resolve(void this.entered.push(data)) };
  bind_global = (listener: (name: string, data: unknown) => void) => (this.global = listener);
  /** As pusher-js: from its success on until disconnect() a channel does not subscribe again. */
  private isSubscribed = false;
  disconnect = () => void (this.isSubscribed = false);
  override emit(name: string, data?: unknown): void {
    if (name === 'pusher:subscription_succeeded') this.isSubscribed = true;
    super.emit(name, data);
  }
  subscribe = (listener?: Listener) => {
    if (this.isSubscribed) return Promise.resolve();
    this.subscribed++;
    if (listener) this.on('message', listener);
    return Promise.resolve();
  };
}

class FakeSdk {
  readonly connection = new Emitter();
  private readonly self;
  constructor(...args: unknown[]) {
    this.self = { options: args.at(-1) as Record<string, unknown>, connection: this.connection, channels: new Map<string, FakeChannel>(), isClosed: false };
    sdk.made.push(this.self);
  }
  private channel(name: string): FakeChannel {
    const known = this.self.channels.get(name) ?? new FakeChannel();
    this.self.channels.set(name, known);
    return known;
  }
  subscribe = (name: string) => this.channel(name);
  readonly channels = { get: (name: string) => this.channel(name) };
  readonly auth = { authorize: () => Promise.resolve() };
  unbind_all = () => undefined;
  connect = () => undefined;
  disconnect = () => void (this.self.isClosed = true);
  close = () => void (this.self.isClosed = true);
}

vi.mock('pusher-js', () => ({ default: FakeSdk }));
vi.mock('ably/modular', () => ({ BaseRealtime: FakeSdk, FetchRequest: {}, RealtimePresence: {}, WebSocketTransport: {} }));
const { openLink, orderChannel } = await import('../../src/base/realtime/link');
const { ApiClient } = await import('../../src/base/api/client');

let reported: string[];
let asked: string[];
let answer: () => Response;
beforeEach(() => {
  reported = [];
  asked = [];
  sdk.made.length = 0;
  answer = () => jsonResponse(200, { auth: 'signed', token: 'granted' });
});

const USUAL: LinkRequest['channels'] = [{ name: 'kitchen:b', providerName: 'provider-kitchen', kind: 'presence' }];

function request(protocol: 'pusher' | 'ably', options: object): LinkRequest {
  return {
    realtime: { provider: 'builtin', protocol, options: options as Record<string, never>, epoch: 'e1', channels: USUAL },
    channels: USUAL,
    memberInfo: { name: 'Kim' },
    api: new ApiClient({
      token: () => 't',
      onRefused: () => undefined,
      fetch: (address, init) => {
        asked.push(`${address as string} ${init?.body as string}`);
        return Promise.resolve(answer());
      },
    }),
    events: {
      onJoined: (channel) => reported.push(`joined ${channel}`),
      onLeft: (channel) => reported.push(`left ${channel}`),
      onMessage: (channel, data) => reported.push(`message ${channel} ${JSON.stringify(data)}`),
      onConnected: (isConnected) => reported.push(isConnected ? 'connected' : 'disconnected'),
    },
  };
}

const pusherOptions = { key: 'k', wsHost: 'h', channelAuthorization: { endpoint: 'https://x/v1/realtime/pusher/auth?provider=builtin', transport: 'ajax' } };

describe('pusher-js', () => {
  async function open() {
    const link = await openLink(request('pusher', pusherOptions));
    const made = sdk.made[0]!;
    return { link, made, channel: made.channels.get('provider-kitchen')! };
  }

  it('reports joining, events and the connection, and nothing else', async () => {
    const { made, channel } = await open();
    made.connection.emit('state_change', { current: 'connected' });
    channel.emit('pusher:subscription_succeeded');
    channel.global?.('order:created', { seq: 1 });
    channel.global?.('pusher:member_added', {});
    channel.global?.('client-typing', {});
    made.connection.emit('state_change', { current: 'unavailable' });
    expect(reported).toEqual(['connected', 'joined kitchen:b', 'message kitchen:b {"seq":1}', 'disconnected']);
  });

  it('has its grants requested by our client, at our own origin', async () => {
    const { made } = await open();
    const { customHandler } = made.options['channelAuthorization'] as { customHandler: (params: object, done: (error: unknown, grant: unknown) => void) => void };
    const done = vi.fn();
    customHandler({ socketId: '1.2', channelName: 'provider-kitchen' }, done);
    await until('the grant', () => done.mock.calls.length === 1);
    expect(done).toHaveBeenCalledWith(null, expect.objectContaining({ auth: 'signed' }));
    expect(asked).toEqual(['/v1/realtime/pusher/auth?provider=builtin {"socket_id":"1.2","channel_name":"provider-kitchen"}']);
    answer = () => problem(403, 'forbidden');
    customHandler({ socketId: '1.2', channelName: 'other' }, done);
    await until('the refusal', () => done.mock.calls.length === 2);
    expect(done.mock.calls[1]?.[0]).toBeInstanceOf(Error);
  });

  it('reports a channel that it may not be on any longer, and tries again at once when asked to', async () => {
    vi.useFakeTimers();
    const { made, channel, link } = await open();
    made.connection.emit('state_change', { current: 'connected' });
    channel.emit('pusher:subscription_succeeded');
    channel.emit('pusher:subscription_error', { status: 401 });
    expect(reported).toEqual(['connected', 'joined kitchen:b', 'left kitchen:b']);
    const before = channel.subscribed;
    made.connection.state = 'connected';
    link.reconnectNow();
    expect(channel.subscribed).toBe(before + 1);
    vi.useRealTimers();
  });

  it('connects to the address that the page was opened by, if that is no name', async () => {
    const { location } = window;
    const optionsAt = async (href: string) => {
      sdk.made.length = 0;
      Object.assign(window, { location: { href } });
      const { made } = await open();
      const { wsHost, wsPort, wssPort, forceTLS } = made.options;
      return [wsHost, wsPort, wssPort, forceTLS];
    };
    expect(await optionsAt('http://192.168.1.7:8080/kitchen')).toEqual(['192.168.1.7', 8080, 8080, false]);
    expect(await optionsAt('https://[::1]/kitchen')).toEqual(['[::1]', 443, 443, true]);
    expect(await optionsAt('http://localhost/kitchen')).toEqual(['localhost', 80, 80, false]);
    expect(await optionsAt('https://orders.example/kitchen')).toEqual(['h', undefined, undefined, undefined]);
    Object.assign(window, { location });
  });

  it('joins an order on the same connection', async () => {
    const { made, link } = await open();
    link.join(orderOf('pusher'));
    made.channels.get('private-order-o')?.emit('pusher:subscription_succeeded');
    expect(reported).toEqual(['joined order:o']);
  });

  it('retries after a refusal, with a pause, until it is closed', async () => {
    vi.useFakeTimers();
    const { channel, link, made } = await open();
    channel.emit('pusher:subscription_error');
    expect(channel.subscribed).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(channel.subscribed).toBe(1);
    channel.emit('pusher:subscription_error');
    link.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([channel.subscribed, made.isClosed]).toEqual([1, true]);
    vi.useRealTimers();
  });
});

const orderOf = (protocol: 'pusher' | 'ably') => orderChannel('o', protocol);

describe('ably-js', () => {
  async function open() {
    const link = await openLink(request('ably', { authUrl: 'https://x/v1/realtime/ably/auth', endpoint: 'h' }));
    const made = sdk.made[0]!;
    return { link, made, channel: made.channels.get('provider-kitchen')! };
  }

  it('reports joining, events and the connection, and enters presence', async () => {
    const { made, channel } = await open();
    made.connection.emit('*', { current: 'connected' });
    channel.emit('attached');
    channel.emit('message', { name: 'order:created', data: { seq: 1 } });
    channel.emit('update');
    made.connection.emit('*', { current: 'suspended' });
    expect(reported).toEqual(['connected', 'joined kitchen:b', 'message kitchen:b {"seq":1}', 'joined kitchen:b', 'disconnected']);
    expect(channel.entered).toEqual([{ name: 'Kim' }]);
  });

  it('requests a token that names an order as well, once it is followed', async () => {
    const { made, link } = await open();
    link.join(orderOf('ably'));
    await until('the channel', () => made.channels.get('order:o')?.subscribed === 1);
    const authCallback = made.options['authCallback'] as (params: object, done: () => void) => void;
    authCallback({}, () => undefined);
    await until('the token', () => asked.length === 1);
    expect(asked[0]).toContain(JSON.stringify(JSON.stringify({ 'provider-kitchen': ['subscribe', 'presence'], 'order:o': ['subscribe'] })));
  });

  it('has its tokens requested by our client, at our own origin', async () => {
    const { made } = await open();
    expect(made.options['authUrl']).toBeUndefined();
    expect(made.options['endpoint']).toBe('h');
    const authCallback = made.options['authCallback'] as (params: object, done: (error: unknown, token: unknown) => void) => void;
    const done = vi.fn();
    authCallback({}, done);
    await until('the token', () => done.mock.calls.length === 1);
    expect(done).toHaveBeenCalledWith(null, expect.objectContaining({ token: 'granted' }));
    expect(asked).toEqual(['/v1/realtime/ably/auth {}']);
  });

  it('says which refusal is final, so that the SDK ends', async () => {
    const { made } = await open();
    const authCallback = made.options['authCallback'] as (params: object, done: (error: unknown, token: unknown) => void) => void;
    const done = vi.fn();
    answer = () => problem(403, 'session_closed');
    authCallback({}, done);
    await until('the refusal', () => done.mock.calls.length === 1);
    expect(done.mock.calls[0]?.[0]).toMatchObject({ statusCode: 403, code: 40_300 });
    answer = () => problem(503, 'database_unavailable');
    authCallback({}, done);
    await until('the failure', () => done.mock.calls.length === 2);
    expect(typeof done.mock.calls[1]?.[0]).toBe('string');
  });
});
