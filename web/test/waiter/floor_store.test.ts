// The floor store over a fake service: it polls, since the provider is not available.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowser, jsonResponse, problem, until } from '../browser';
import { floorDocument, orderWith } from './samples';
import { event } from '../kitchen/samples';

installBrowser();
const login = { token: 't', role: 'WAITER', branchId: 'b', staffId: 's', name: 'Ana', expiresAt: '2036-01-01T00:00:00.000Z' };
window.localStorage.setItem('orderpush.staff', JSON.stringify(login));
const { staff } = await import('../../src/base/staff');
const { ApiError } = await import('../../src/base/api/error');
const { FloorStore } = await import('../../src/waiter/floor_store');
const { refusalText } = await import('../../src/waiter/refusals');

type Sent = { method: string; path: string; body: Record<string, unknown> | undefined; key: string | null };
let sent: Sent[];
let floor: ReturnType<typeof floorDocument>;
let logs: Record<string, ReturnType<typeof event>[]>;
let answer: (request: Sent) => Response | Promise<Response> | undefined;
let notified: string[];
let store: InstanceType<typeof FloorStore>;

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
  const lastSeq = log.at(-1)?.seq ?? floor.seq[channel] ?? 0;
  const epoch = url.searchParams.get('epoch') ?? floor.epoch;
  if (epoch !== floor.epoch) return problem(410, 'epoch_changed', { epoch: floor.epoch, oldestSeq: 1, lastSeq });
  return jsonResponse(200, { channel, epoch, events, next: null, lastSeq });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', serve);
  sent = [];
  logs = {};
  notified = [];
  floor = floorDocument({ orders: [orderWith('o', ['ready', 'ready'])] });
  answer = () => undefined;
  store = new FloorStore(staff.value!, {
    onReady: ({ id }) => notified.push(`ready ${id}`),
    onAlarm: () => notified.push('alarm'),
    onAnswered: (order, { kind, reason }) => notified.push(`${kind} ${order?.id ?? '?'} ${reason}`),
    onRefused: (action, error) => notified.push(refusalText(action, error, 'EUR').text),
    onFull: () => notified.push('full'),
    onNotStored: () => notified.push('not stored'),
  });
});
afterEach(() => {
  store.stop();
  vi.useRealTimers();
  window.localStorage.removeItem('orderpush.waiter.queue.b');
});

const loaded = () => {
  store.start();
  return until('the floor', () => store.isLoaded.value);
};
const changes = () => sent.filter(({ method }) => method !== 'GET');
const act = (itemIds: string[]) => store.act({ kind: 'serve', orderId: 'o', itemIds, table: 'T5' });

describe('the floor store', () => {
  it('shows the floor, and rings for nothing that was so before', async () => {
    await loaded();
    expect(store.ready.value.map(({ order }) => order.id)).toEqual(['o']);
    expect(notified).toEqual([]);
  });

  it('shows a floor of another log, though it stands before the one that it had, and nothing of that', async () => {
    floor = floorDocument({ orders: [orderWith('o', ['ready'], { version: 9 }), orderWith('lost', ['pending'])], seq: { 'waiters:b': 33, 'tables:b': 33 } });
    await loaded();
    floor = floorDocument({ orders: [orderWith('o', ['pending'], { version: 2 })], seq: { 'waiters:b': 21, 'tables:b': 21 }, epoch: 'e2' });
    await until('the other log', () => !store.floor.value.orders.has('lost'));
    expect(store.floor.value.orders.get('o')?.version).toBe(2);
    expect(store.feed.position('waiters:b')).toBe(21);
  });

  it('serves at once for the eye, line by line for the service, and twice tapped once', async () => {
    await loaded();
    answer = ({ method, path }) => (method === 'PATCH' ? jsonResponse(200, orderWith('o', path.endsWith('o-1') ? ['served', 'served'] : ['served', 'ready'], { version: 2 })) : undefined);
    expect(act(['o-0', 'o-1'])).toBe(true);
    expect(act(['o-1', 'o-0'])).toBe(false);
    expect(store.ready.value).toEqual([]);
    await until('the answers', () => store.queue.waiting.value.length === 0);
    expect(changes().map(({ path }) => path)).toEqual(['/v1/orders/o/items/o-0', '/v1/orders/o/items/o-1']);
    expect(store.ready.value).toEqual([]);
    expect(notified).toEqual([]);
  });

  it('lets alarms be put aside until another one comes', async () => {
    const alarm = (orderId: string, reason = 'no_display') => {
      return { orderId, orderNumber: 7, tableId: 't5', table: 'Terrace - T5', reason, since: '2026-01-01T10:00:00.000Z' };
    };
    const shows = async (alarms: ReturnType<typeof alarm>[], isAlarming: boolean) => {
      floor = { ...floor, alarms };
      store.refresh();
      const keys = alarms.map(({ orderId, reason }) => `${orderId} ${reason}`).join();
      const known = () => [...store.floor.value.alarms.values()].map(({ orderId, reason }) => `${orderId} ${reason}`).join();
      await until(keys, () => known() === keys);
      expect(store.isAlarming.value, keys).toBe(isAlarming);
    };
    await loaded();
    await shows([alarm('o')], true);
    store.putAlarmsAside();
    expect(store.isAlarming.value).toBe(false);
    await shows([alarm('o')], false);
    await shows([alarm('o', 'unacknowledged')], true);
    store.putAlarmsAside();
    await shows([alarm('o', 'unacknowledged'), alarm('p')], true);
    store.putAlarmsAside();
    await shows([alarm('p')], false);
    await shows([], false);
    await shows([alarm('p')], true);
    store.putAlarmsAside();
    store.showAlarms();
    expect(store.isAlarming.value).toBe(true);
  });

  it('reads the order of an alarm that is not on the floor, for its stations', async () => {
    floor = { ...floor, alarms: [{ orderId: 'past', orderNumber: 9, tableId: 't6', table: 'Terrace - T6', reason: 'no_display', since: '2026-01-01T10:00:00.000Z' }] };
    answer = ({ path }) => (path === '/v1/orders/past' ? jsonResponse(200, orderWith('past', ['pending'])) : undefined);
    await loaded();
    await until('the stations', () => store.floor.value.alarms.get('past')?.stations !== undefined);
  });

  it('skips lines that another waiter has served, and reports a refusal only if it was all of them', async () => {
    await loaded();
    const served = problem(409, 'status_conflict', { currentStatus: 'served' });
    answer = ({ method, path }) => {
      if (method !== 'PATCH') return undefined;
      return path.endsWith('o-0') ? served.clone() : jsonResponse(200, orderWith('o', ['served', 'served'], { version: 3 }));
    };
    act(['o-0', 'o-1']);
    await until('the end', () => store.queue.waiting.value.length === 0);
    expect(notified).toEqual([]);
    act(['o-0']);
    await until('the refusal', () => notified.length > 0);
    expect(notified).toEqual(['refusedServed']);
  });

  it('reads the floor anew after a refusal', async () => {
    await loaded();
    const before = sent.length;
    answer = ({ method }) => (method === 'POST' ? problem(409, 'session_closed') : undefined);
    floor = floorDocument({ sessions: [], orders: [] });
    store.act({ kind: 'pay', sessionId: 's1', amount: 100, method: 'cash', table: 'T5' });
    await until('the truth', () => store.floor.value.sessions.size === 0);
    expect(sent.slice(before).map(({ path }) => path)).toContain('/v1/branches/b/floor');
    expect(notified).toEqual(['refusedClosed']);
  });

  it('keeps the key of what was not answered', async () => {
    await loaded();
    let tries = 0;
    answer = ({ method }) => {
      if (method !== 'POST') return undefined;
      return ++tries < 3 ? Promise.reject(new Error('lost')) : jsonResponse(201, { id: 'p' });
    };
    store.act({ kind: 'pay', sessionId: 's1', amount: 100, method: 'cash', table: 'T5' });
    await until('the answer', () => store.queue.waiting.value.length === 0);
    expect(changes()).toHaveLength(3);
    expect(new Set(changes().map(({ key }) => key)).size).toBe(1);
  });

  it('does not take an older floor for the truth', async () => {
    await loaded();
    logs['tables:b'] = [event('payment:completed', { sessionId: 's1', amount: 250 }, 6)];
    store.feed.wake();
    await until('the payment', () => store.floor.value.sessions.get('s1')?.paid === 250);
    store.refresh(); // the played service answers with a floor of before it
    await vi.advanceTimersByTimeAsync(500);
    expect(store.floor.value.sessions.get('s1')?.paid).toBe(250);
    floor = { ...floorDocument(), seq: { 'waiters:b': 10, 'tables:b': 7, 'menu:b': 0 } };
    await until('the newer one', () => store.floor.value.sessions.get('s1')?.paid === 0);
  });

  it('looks after an alarm until it is over', async () => {
    const alarm = { orderId: 'x', orderNumber: 3, tableId: 't6', table: 'Terrace - T6', reason: 'no_display', since: '2026-01-01T10:00:00.000Z' };
    floor = floorDocument({ alarms: [alarm] });
    await loaded();
    expect(store.floor.value.alarms.size).toBe(1);
    floor = floorDocument();
    await until('its end', () => store.floor.value.alarms.size === 0);
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
    store.feed.wake();
    await until('both', () => notified.length === 2);
    expect(notified.sort()).toEqual(['alarm', 'ready o']);
    expect(store.unknownEvents.value).toBe(1);
  });

  it('reports the kitchen’s answer', async () => {
    await loaded();
    logs['waiters:b'] = [event('kitchen:cancel_rejected', { orderId: 'o', reason: 'plated' }, 11)];
    store.feed.wake();
    await until('the answer', () => notified.length === 1);
    expect(notified).toEqual(['rejected o plated']);
    store.dismissOutcome('o');
    expect(store.floor.value.outcomes.size).toBe(0);
  });

  it('limits its requests when the service cannot be reached', async () => {
    answer = () => Promise.reject(new Error('away'));
    store.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(store.isLoaded.value).toBe(false);
    expect(sent.length).toBeLessThan(20);
    answer = () => undefined;
    await until('the floor', () => store.isLoaded.value);
    expect(new ApiError('unreachable', 0).isTransient).toBe(true);
  });
});
