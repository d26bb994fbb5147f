// A tablet without its looks, over a service that is played: it polls, since the provider is away.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowser, jsonResponse, problem, until } from './browser';
import { floorDocument, orderWith } from './floor_samples';
import { event } from './samples';

installBrowser();
const login = { token: 't', role: 'WAITER', branchId: 'b', staffId: 's', name: 'Ana', expiresAt: '2036-01-01T00:00:00.000Z' };
window.localStorage.setItem('orderpush.staff', JSON.stringify(login));
const { staff } = await import('../src/base/staff');
const { ApiError } = await import('../src/base/api/error');
const { Tablet } = await import('../src/waiter/tablet');
const { refusalText } = await import('../src/waiter/refusals');

type Sent = { method: string; path: string; body: Record<string, unknown> | undefined; key: string | null };
let sent: Sent[];
let floor: ReturnType<typeof floorDocument>;
let logs: Record<string, ReturnType<typeof event>[]>;
let answer: (request: Sent) => Response | Promise<Response> | undefined;
let told: string[];
let tablet: InstanceType<typeof Tablet>;

async function serve(address: string, init?: RequestInit): Promise<Response> {
  const url = new URL(address, 'http://x');
  const method = init?.method ?? 'GET';
  const body = init?.body ? (JSON.parse(init.body as string) as Record<string, unknown>) : undefined;
  const request = { method, path: url.pathname, body, key: new Headers(init?.headers).get('Idempotency-Key') };
  if (!/realtime|channels/.test(url.pathname)) sent.push(request);
  const given = await answer(request);
  if (given) return given;
  if (url.pathname === '/v1/branches/b/floor') return jsonResponse(200, floor);
  const channel = /channels\/([^/]+)\/events/.exec(decodeURIComponent(url.pathname))?.[1];
  if (channel === undefined) return problem(503, 'unavailable');
  const log = logs[channel] ?? [];
  const events = log.filter(({ seq }) => seq > Number(url.searchParams.get('after')));
  return jsonResponse(200, { channel, events, next: null, lastSeq: log.at(-1)?.seq ?? floor.seq[channel] ?? 0 });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', serve);
  sent = [];
  logs = {};
  told = [];
  floor = floorDocument({ orders: [orderWith('o', ['ready', 'ready'])] });
  answer = () => undefined;
  tablet = new Tablet(staff.value!, {
    onReady: ({ id }) => told.push(`ready ${id}`),
    onAlarm: () => told.push('alarm'),
    onAnswered: (order, { kind, reason }) => told.push(`${kind} ${order?.id ?? '?'} ${reason}`),
    onRefused: (action, error) => told.push(refusalText(action, error, 'EUR').text),
    onFull: () => told.push('full'),
    onNotKept: () => told.push('not kept'),
  });
});
afterEach(() => {
  tablet.stop();
  vi.useRealTimers();
  window.localStorage.removeItem('orderpush.waiter.queue.b');
});

const loaded = () => {
  tablet.start();
  return until('the floor', () => tablet.isLoaded.value);
};
const changes = () => sent.filter(({ method }) => method !== 'GET');
const act = (itemIds: string[]) => tablet.act({ kind: 'serve', orderId: 'o', itemIds, table: 'T5' });

describe('a tablet', () => {
  it('shows the floor, and rings for nothing that was so before', async () => {
    await loaded();
    expect(tablet.ready.value.map(({ order }) => order.id)).toEqual(['o']);
    expect(told).toEqual([]);
  });

  it('serves at once for the eye, line by line for the service, and twice tapped once', async () => {
    await loaded();
    answer = ({ method, path }) => (method === 'PATCH' ? jsonResponse(200, orderWith('o', path.endsWith('o-1') ? ['served', 'served'] : ['served', 'ready'], { version: 2 })) : undefined);
    expect(act(['o-0', 'o-1'])).toBe(true);
    expect(act(['o-1', 'o-0'])).toBe(false);
    expect(tablet.ready.value).toEqual([]);
    await until('the answers', () => tablet.queue.waiting.value.length === 0);
    expect(changes().map(({ path }) => path)).toEqual(['/v1/orders/o/items/o-0', '/v1/orders/o/items/o-1']);
    expect(tablet.ready.value).toEqual([]);
    expect(told).toEqual([]);
  });

  it('leaves at that what another has served of it, and is told only if it was all', async () => {
    await loaded();
    const served = problem(409, 'status_conflict', { currentStatus: 'served' });
    answer = ({ method, path }) => {
      if (method !== 'PATCH') return undefined;
      return path.endsWith('o-0') ? served.clone() : jsonResponse(200, orderWith('o', ['served', 'served'], { version: 3 }));
    };
    act(['o-0', 'o-1']);
    await until('the end', () => tablet.queue.waiting.value.length === 0);
    expect(told).toEqual([]);
    act(['o-0']);
    await until('the refusal', () => told.length > 0);
    expect(told).toEqual(['refusedServed']);
  });

  it('reads the floor anew after a refusal', async () => {
    await loaded();
    const before = sent.length;
    answer = ({ method }) => (method === 'POST' ? problem(409, 'session_closed') : undefined);
    floor = floorDocument({ sessions: [], orders: [] });
    tablet.act({ kind: 'pay', sessionId: 's1', amount: 100, method: 'cash', table: 'T5' });
    await until('the truth', () => tablet.floor.value.sessions.size === 0);
    expect(sent.slice(before).map(({ path }) => path)).toContain('/v1/branches/b/floor');
    expect(told).toEqual(['refusedClosed']);
  });

  it('keeps the key of what was not answered', async () => {
    await loaded();
    let tries = 0;
    answer = ({ method }) => {
      if (method !== 'POST') return undefined;
      return ++tries < 3 ? Promise.reject(new Error('lost')) : jsonResponse(201, { id: 'p' });
    };
    tablet.act({ kind: 'pay', sessionId: 's1', amount: 100, method: 'cash', table: 'T5' });
    await until('the answer', () => tablet.queue.waiting.value.length === 0);
    expect(changes()).toHaveLength(3);
    expect(new Set(changes().map(({ key }) => key)).size).toBe(1);
  });

  it('does not take an older floor for the truth', async () => {
    await loaded();
    logs['tables:b'] = [event('payment:completed', { sessionId: 's1', amount: 250 }, 6)];
    tablet.feed.wake();
    await until('the payment', () => tablet.floor.value.sessions.get('s1')?.paid === 250);
    tablet.refresh(); // the played service answers with a floor of before it
    await vi.advanceTimersByTimeAsync(500);
    expect(tablet.floor.value.sessions.get('s1')?.paid).toBe(250);
    floor = { ...floorDocument(), seq: { 'waiters:b': 10, 'tables:b': 7, 'menu:b': 0 } };
    await until('the newer one', () => tablet.floor.value.sessions.get('s1')?.paid === 0);
  });

  it('looks after an alarm until it is over', async () => {
    const alarm = { orderId: 'x', orderNumber: 3, tableId: 't6', table: 'Terrace - T6', reason: 'no_display', since: '2026-01-01T10:00:00.000Z' };
    floor = floorDocument({ alarms: [alarm] });
    await loaded();
    expect(tablet.floor.value.alarms.size).toBe(1);
    floor = floorDocument();
    await until('its end', () => tablet.floor.value.alarms.size === 0);
  });

  it('rings for what becomes ready, and for what the kitchen overlooks; counts what it does not know', async () => {
    floor = floorDocument({ orders: [orderWith('o', ['pending'])] });
    await loaded();
    answer = ({ path }) => (path === '/v1/orders/o' ? jsonResponse(200, orderWith('o', ['ready'], { version: 2 })) : undefined);
    logs['waiters:b'] = [
      event('kitchen:order_ready', { orderId: 'o' }, 11),
      event('kitchen:unattended', { orderId: 'y', reason: 'no_display', since: '2026-01-01T10:00:00.000Z' }, 12),
      event('order:teleported', { orderId: 'o' }, 13),
    ];
    tablet.feed.wake();
    await until('both', () => told.length === 2);
    expect(told.sort()).toEqual(['alarm', 'ready o']);
    expect(tablet.unknownEvents.value).toBe(1);
  });

  it('tells what the kitchen answered', async () => {
    await loaded();
    logs['waiters:b'] = [event('kitchen:cancel_rejected', { orderId: 'o', reason: 'plated' }, 11)];
    tablet.feed.wake();
    await until('the answer', () => told.length === 1);
    expect(told).toEqual(['rejected o plated']);
    tablet.dismissOutcome('o');
    expect(tablet.floor.value.outcomes.size).toBe(0);
  });

  it('asks no more than it may when the service cannot be reached', async () => {
    answer = () => Promise.reject(new Error('away'));
    tablet.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(tablet.isLoaded.value).toBe(false);
    expect(sent.length).toBeLessThan(20);
    answer = () => undefined;
    await until('the floor', () => tablet.isLoaded.value);
    expect(new ApiError('unreachable', 0).isPassing).toBe(true);
  });
});
