// Background work: rereads of orders, the event backfill, and receipts; bounded, and with retries.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowser, jsonResponse, problem, until } from '../browser';
import { order, ticket } from '../kitchen/samples';

installBrowser();
const { ApiClient } = await import('../../src/base/api/client');
const { Receipts } = await import('../../src/base/receipts');
const { OrderReader } = await import('../../src/base/order_reader');
const { EventBackfill } = await import('../../src/kitchen/event_backfill');

let sent: { address: string; body: unknown }[];
let answer: (address: string) => Response | Error;
const state = { isReady: true };
const api = new ApiClient({
  token: () => 't',
  onRefused: () => undefined,
  fetch: (address, init) => {
    sent.push({ address: address as string, body: init?.body ? JSON.parse(init.body as string) : undefined });
    const given = answer(address as string);
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
  },
});

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  state.isReady = true;
});
afterEach(() => void vi.useRealTimers());

describe('orders read anew', () => {
  const setUp = () => {
    const read: string[] = [];
    const reader = new OrderReader(api, {
      isReady: () => state.isReady,
      onOrder: (one, added) => read.push(`${one.id} +${added.join()}`),
      onGone: (id) => read.push(`${id} gone`),
    });
    return { reader, read };
  };
  const whole = (address: string) => jsonResponse(200, order([ticket('a')], { id: address.split('/').at(-1)! }));

  it('come once for several events at a time, and once more for what came meanwhile', async () => {
    const { reader, read } = setUp();
    answer = whole;
    reader.read('o', ['1']);
    reader.read('o', ['2']);
    reader.read('o', ['3']);
    await until('both', () => read.length === 2);
    expect(read).toEqual(['o +1', 'o +2,3']);
  });

  it('are tried until the service answers, without forgetting what was added', async () => {
    const { reader, read } = setUp();
    answer = () => problem(503, 'unavailable');
    reader.read('o', ['1']);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(sent.length).toBeGreaterThan(1);
    expect(read).toEqual([]);
    answer = whole;
    reader.wake();
    await until('the order', () => read.length === 1);
    expect(read).toEqual(['o +1']);
  });

  it('that no longer exist are reported as gone', async () => {
    const { reader, read } = setUp();
    answer = () => problem(404, 'order_not_found');
    reader.read('o');
    await until('the answer', () => read.length === 1);
    expect(read).toEqual(['o gone']);
  });

  it('wait for the log-in', async () => {
    const { reader, read } = setUp();
    answer = whole;
    state.isReady = false;
    reader.read('o');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([]);
    state.isReady = true;
    reader.wake();
    await until('the order', () => read.length === 1);
  });
});

describe('receipts', () => {
  const setUp = () => new Receipts(api, 'device', () => state.isReady);

  it('go in batches, each event once', async () => {
    const receipts = setUp();
    answer = () => jsonResponse(200, { recorded: 3, ignored: 0 });
    for (const id of ['a', 'b', 'a']) receipts.received(id);
    receipts.seen('a');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([
      { address: '/v1/receipts', body: { deviceId: 'device', kind: 'received', eventIds: ['a', 'b'] } },
      { address: '/v1/receipts', body: { deviceId: 'device', kind: 'seen', eventIds: ['a'] } },
    ]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent.length).toBe(2);
  });

  it('are sent again when the service was away', async () => {
    const receipts = setUp();
    answer = () => new Error('away');
    receipts.seen('a');
    await vi.advanceTimersByTimeAsync(1_000);
    answer = () => jsonResponse(200, {});
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.at(-1)?.body).toEqual({ deviceId: 'device', kind: 'seen', eventIds: ['a'] });
    const count = sent.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent.length).toBe(count);
  });

  it('do not bother a service that takes none', async () => {
    const receipts = setUp();
    answer = () => problem(404, 'not_found');
    for (let second = 0; second < 60; second++) {
      receipts.received(`e${second}`);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(sent.length).toBe(1);
  });

  it('are bounded, and in batches that the service takes', async () => {
    const receipts = setUp();
    state.isReady = false;
    answer = () => jsonResponse(200, {});
    for (let i = 0; i < 5_000; i++) receipts.received(`e${i}`);
    state.isReady = true;
    await vi.advanceTimersByTimeAsync(60_000);
    const ids = sent.flatMap(({ body }) => (body as { eventIds: string[] }).eventIds);
    expect(ids.length).toBe(2_000);
    expect(ids[0]).toBe('e3000');
    expect(Math.max(...sent.map(({ body }) => (body as { eventIds: string[] }).eventIds.length))).toBe(500);
  });
});

describe('the events of what a board shows', () => {
  const event = (seq: number, orderId: string, type = 'order:created') => ({
    id: `e${seq}`,
    seq,
    type,
    occurredAt: '2026-11-21T18:00:00.000Z',
    orderId,
  });
  const setUp = (log: ReturnType<typeof event>[]) => {
    const found: string[] = [];
    answer = (address) => {
      const query = new URL(address, 'http://service').searchParams;
      const after = Number(query.get('after'));
      return jsonResponse(200, { events: log.filter(({ seq }) => seq > after).slice(0, Number(query.get('limit'))) });
    };
    const drawn = new EventBackfill(api, {
      channel: 'kitchen:b',
      isReady: () => state.isReady,
      onEvent: ({ id }, orderId) => found.push(`${id} ${orderId}`),
    });
    return { drawn, found };
  };

  it('are found in the log, as far back as need be, and none behind the board', async () => {
    const log = [event(1, 'old'), ...Array.from({ length: 300 }, (_, i) => event(i + 2, 'other')), event(302, 'new')];
    const { drawn, found } = setUp([...log, event(303, 'new', 'order:items_added'), event(304, 'new')]);
    drawn.find(['old', 'new'], 303);
    await until('all', () => found.length === 3);
    expect(found).toEqual(['e302 new', 'e303 new', 'e1 old']);
    expect(sent.length).toBe(2);
  });

  it('cost nothing where nothing waits, and are searched until the service answers', async () => {
    const { drawn, found } = setUp([event(1, 'o')]);
    drawn.find([], 1);
    expect(sent.length).toBe(0);
    const honest = answer;
    answer = () => problem(503, 'unavailable');
    drawn.find(['o'], 1);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(sent.length).toBeGreaterThan(1);
    answer = honest;
    await until('the answer', () => found.length === 1);
  });
});
