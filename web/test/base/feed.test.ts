import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LinkRequest, OfferedChannel } from '../../src/base/realtime/link_types';
import { installBrowser, jsonResponse, problem, until } from '../browser';
import { event } from '../kitchen/samples';

installBrowser();
const { ApiClient } = await import('../../src/base/api/client');
const { ApiError } = await import('../../src/base/api/error');
const { Feed } = await import('../../src/base/realtime/feed');

const CHANNEL = 'kitchen:b';

/** A service with one channel's log, and a provider whose connections are opened and lost by hand. */
class FakeService {
  log: ReturnType<typeof event>[] = [];
  oldest = 0;
  epoch = 'e1';
  provider = 'builtin';
  isThere = true;
  isReady = true;
  readonly links: (LinkRequest & { isClosed: boolean })[] = [];
  readonly api = new ApiClient({
    token: () => 't',
    onRefused: () => undefined,
    pause: () => Promise.resolve(),
    fetch: (address) => this.answer(new URL(address as string, 'http://x')),
  });

  private answer({ pathname, searchParams }: URL): Promise<Response> {
    if (!this.isThere) return Promise.reject(new Error('away'));
    if (pathname === '/v1/realtime') return Promise.resolve(jsonResponse(200, this.realtime()));
    const after = Number(searchParams.get('after'));
    const end = this.log.at(-1)?.seq ?? 0;
    const where = { epoch: this.epoch, oldestSeq: this.oldest, lastSeq: end };
    if ((searchParams.get('epoch') ?? this.epoch) !== this.epoch) return Promise.resolve(problem(410, 'epoch_changed', where));
    if (after > end) return Promise.resolve(problem(410, 'position_unknown', where));
    if (after < this.oldest) return Promise.resolve(problem(410, 'events_gone', { oldestSeq: this.oldest }));
    const events = this.log.filter(({ seq }) => seq > after).slice(0, 3);
    const last = this.log.at(-1)?.seq ?? 0;
    const next = (events.at(-1)?.seq ?? last) < last ? events.at(-1)!.seq : null;
    return Promise.resolve(jsonResponse(200, { channel: CHANNEL, epoch: this.epoch, events, next, lastSeq: last }));
  }

  private realtime() {
    const channels = [{ name: CHANNEL, providerName: 'presence-kitchen-b', kind: 'presence' }];
    return { provider: this.provider, protocol: 'pusher', options: { key: this.provider }, epoch: this.epoch, channels };
  }

  readonly joined: string[] = [];
  readonly openLink = (request: LinkRequest) => {
    const link = { ...request, isClosed: false };
    this.links.push(link);
    return Promise.resolve({ reconnectNow: () => undefined, join: ({ providerName }: OfferedChannel) => void this.joined.push(providerName), close: () => void (link.isClosed = true) });
  };

  /** The database is put back to where the log ended at `seq`. */
  restore(seq: number): void {
    this.log = this.log.slice(0, seq);
    this.epoch += "'";
  }

  record(upTo: number): void {
    for (let seq = this.log.length + 1; seq <= upTo; seq++) this.log.push(event('order:created', {}, seq));
  }

  push(seq: number): void {
    this.links.at(-1)!.events.onMessage(CHANNEL, JSON.stringify(this.log[seq - 1]));
  }
}

let service: FakeService;
let seen: number[];
let repeated: number[];
let gone: number;
let reread: () => Promise<void>;
let feed: InstanceType<typeof Feed>;

beforeEach(() => {
  vi.useFakeTimers();
  service = new FakeService();
  seen = [];
  repeated = [];
  gone = 0;
  reread = () => {
    feed.startAfter(CHANNEL, service.log.length, service.epoch);
    return Promise.resolve();
  };
  feed = new Feed({
    api: service.api,
    channels: [CHANNEL],
    onEvent: (_, one) => seen.push(one.seq),
    onRepeated: (one) => repeated.push(one.seq),
    onGone: () => {
      gone++;
      return reread();
    },
    isReady: () => service.isReady,
    openLink: service.openLink,
  });
});

afterEach(() => {
  feed.stop();
  vi.useRealTimers();
});

async function goLive(): Promise<void> {
  feed.start();
  await until('a link', () => service.links.length > 0);
  const { events } = service.links.at(-1)!;
  events.onConnected(true);
  events.onJoined(CHANNEL);
  await until('the feed to be live', () => feed.state.value === 'live');
}

describe('a feed', () => {
  it('closes what came between the page and the connection, page by page', async () => {
    service.record(10);
    feed.startAfter(CHANNEL, 2);
    await goLive();
    expect(seen).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('goes on without a log-in for as long as it is joined, over gaps that cannot be fetched', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    service.isReady = false;
    service.record(5);
    service.push(1);
    service.push(4);
    expect(seen).toEqual([1, 4]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(feed.state.value).toBe('live');
    expect(gone).toBe(0);
    service.isReady = true;
    feed.wake();
    await until('the page to be read again', () => gone === 1);
    expect(feed.position(CHANNEL)).toBe(5);
  });

  it('says that it hears nothing once it is joined no more and nobody is logged in', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    service.isReady = false;
    service.links.at(-1)!.events.onLeft(CHANNEL);
    await until('the feed to hear nothing', () => feed.state.value === 'unheard');
    service.isReady = true;
    service.links.at(-1)!.events.onJoined(CHANNEL);
    await until('the feed to be live', () => feed.state.value === 'live');
  });

  it('fetches while a channel that it left is joined again', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    service.record(2);
    service.links.at(-1)!.events.onLeft(CHANNEL);
    await until('the events', () => seen.length === 2);
    expect(feed.state.value).not.toBe('live');
  });

  it('reports what is pushed once more, but delivers it once', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    service.record(1);
    service.push(1);
    service.push(1);
    expect([seen, repeated]).toEqual([[1], [1]]);
  });

  it('fetches what was pushed while the page read an older content', async () => {
    service.record(5);
    feed.startAfter(CHANNEL, 5);
    await goLive();
    feed.startAfter(CHANNEL, 3);
    await until('what is behind it', () => seen.length === 2);
    expect(seen).toEqual([4, 5]);
  });

  it('delivers what is pushed once, and fetches what a push shows to be missing', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    service.record(5);
    service.push(1);
    service.push(1);
    service.push(4);
    await until('the gap to be closed', () => seen.length === 5);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(feed.counts.repeated).toBeGreaterThanOrEqual(1);
  });

  it('fetches what was lost while the connection was', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    const { events } = service.links[0]!;
    events.onConnected(false);
    expect(feed.state.value).not.toBe('live');
    service.record(2);
    events.onConnected(true);
    events.onJoined(CHANNEL);
    await until('the loss to be fetched', () => seen.length === 2);
    expect(service.links.length).toBe(1);
  });

  it('fetches every few seconds without a connection, and says when nobody answers', async () => {
    feed.startAfter(CHANNEL, 0);
    feed.start();
    await until('polling', () => feed.state.value === 'polling');
    service.record(1);
    await until('the event', () => seen.length === 1);
    service.isThere = false;
    await until('to be offline', () => feed.state.value === 'offline');
    service.isThere = true;
    service.record(2);
    await until('the next event', () => seen.length === 2);
    expect(feed.state.value).toBe('polling');
  });

  it('follows an order too, from its beginning, on this connection and on the next', async () => {
    feed.startAfter(CHANNEL, 3);
    await goLive();
    service.record(3);
    feed.followOrder('o');
    feed.followOrder('o');
    await until('its log', () => seen.length === 3);
    expect(service.joined).toEqual(['private-order-o']);
    expect(service.links.length).toBe(1);
    service.provider = 'pusher';
    service.log.push(event('realtime:provider_changed', {}, 4));
    service.push(4);
    await until('the second link', () => service.links.length === 2);
    expect(service.links[1]!.channels.map(({ providerName }) => providerName)).toEqual(['presence-kitchen-b', 'private-order-o']);
  });

  it('notices a loss that nothing shows', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    service.record(1);
    await vi.advanceTimersByTimeAsync(70_000);
    expect(seen).toEqual([1]);
  });

  it('has the page read anew when the log no longer reaches back, and goes on', async () => {
    service.record(9);
    service.oldest = 5;
    feed.startAfter(CHANNEL, 1);
    await goLive();
    await until('the rereading', () => gone === 1);
    service.record(10);
    service.push(10);
    expect(seen).toEqual([10]);
  });

  it('begins anew when it comes back to a log that was restored, and swallows nothing of it', async () => {
    service.record(33);
    feed.startAfter(CHANNEL, 33, 'e1');
    await goLive();
    const { events } = service.links[0]!;
    events.onConnected(false);
    service.restore(21);
    events.onConnected(true);
    events.onJoined(CHANNEL);
    await until('the rereading', () => gone === 1);
    await until('the feed to be live', () => feed.state.value === 'live');
    service.record(27);
    for (let seq = 22; seq <= 27; seq++) service.push(seq);
    expect(seen).toEqual([22, 23, 24, 25, 26, 27]);
  });

  it('begins anew though the other log has grown beyond its position', async () => {
    service.record(33);
    feed.startAfter(CHANNEL, 33, 'e1');
    await goLive();
    service.restore(21);
    service.record(40);
    service.push(40);
    await until('the rereading', () => gone === 1);
    expect(seen).toEqual([]);
  });

  it('notices another log by a push at a position that is past, without a lost connection', async () => {
    feed.startAfter(CHANNEL, 0, 'e1');
    await goLive();
    service.record(5);
    for (let seq = 1; seq <= 5; seq++) service.push(seq);
    service.restore(2);
    service.log.push({ ...event('order:created', {}, 3), id: 'another' });
    service.push(3);
    await until('the rereading', () => gone === 1);
    service.record(4);
    service.push(4);
    expect(seen).toEqual([1, 2, 3, 4, 5, 4]);
  });

  it('notices another log by the service’s word, and delivers that to nobody', async () => {
    service.record(5);
    feed.startAfter(CHANNEL, 5, 'e1');
    await goLive();
    service.restore(2);
    service.log.push(event('realtime:epoch_began', {}, 3));
    service.push(3);
    await until('the rereading', () => gone === 1);
    expect(seen).toEqual([]);
  });

  it('does not call itself live while the page has to be read anew', async () => {
    service.record(5);
    feed.startAfter(CHANNEL, 5, 'e1');
    await goLive();
    const answer = reread;
    reread = () => Promise.reject(new ApiError('unreachable', 0));
    service.restore(2);
    service.links[0]!.events.onJoined(CHANNEL);
    await until('the attempt to read', () => gone === 1);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(feed.state.value).not.toBe('live');
    reread = answer;
    await until('the feed to be live', () => feed.state.value === 'live');
    expect(feed.position(CHANNEL)).toBe(2);
  });

  it('goes on where a push repeats an event from before the page', async () => {
    service.record(5);
    feed.startAfter(CHANNEL, 5, 'e1');
    await goLive();
    service.push(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([gone, repeated, feed.state.value]).toEqual([0, [2], 'live']);
  });

  it('follows the provider, and drops what both of them bring', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    service.provider = 'pusher';
    service.log.push(event('realtime:provider_changed', {}, 1));
    service.push(1);
    await until('the second link', () => service.links.length === 2);
    expect(service.links[0]!.isClosed).toBe(true);
    expect(service.links[1]!.realtime.provider).toBe('pusher');
    service.record(2);
    for (const link of service.links) link.events.onMessage(CHANNEL, service.log[1]);
    expect(seen).toEqual([1, 2]);
  });

  it('reads the provider again after a while without a connection', async () => {
    feed.startAfter(CHANNEL, 0);
    feed.start();
    await until('a link', () => service.links.length === 1);
    service.provider = 'ably';
    await vi.advanceTimersByTimeAsync(25_000);
    expect(service.links.at(-1)!.realtime.provider).toBe('ably');
  });

  it('requests nothing while nobody is logged in, and at once afterwards', async () => {
    service.isReady = false;
    feed.start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(service.links.length).toBe(0);
    service.isReady = true;
    feed.wake();
    await until('a link', () => service.links.length === 1);
  });

  it('counts what is no event of ours', async () => {
    feed.startAfter(CHANNEL, 0);
    await goLive();
    service.links[0]!.events.onMessage(CHANNEL, { hello: 1 });
    expect(feed.counts.foreign).toBe(1);
  });
});
