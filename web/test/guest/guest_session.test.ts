import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowser, jsonResponse, problem, until } from '../browser';
import { MENU, order, view } from './samples';
import { event } from '../kitchen/samples';

installBrowser();
vi.mock('../../src/base/realtime/link', async (load) => ({ ...(await load<object>()), openLink: () => Promise.reject(new Error('none here')) }));
const { GuestSession, forgetGuestSession } = await import('../../src/guest/guest_session');
type Order = import('../../src/guest/pending_requests').Order;

const TABLE_SESSION = { token: 'opst_1', sessionId: 's', branchId: 'b', branchName: 'Harbor', table: 'Terrace - T1' };
const [, soup] = MENU.items;

/** A restaurant behind the API: it keeps keys, and may be away or lose its answers. */
class FakeRestaurant {
  orders: Order[] = [];
  menu = MENU;
  readonly logs: Record<string, ReturnType<typeof event>[]> = { 'session:s': [], 'menu:b': [] };
  readonly answered = new Map<string, unknown>();
  readonly posted: string[] = [];
  isThere = true;
  answersLost = 0;
  isOpen = true;
  refusal: Response | undefined;

  readonly fetch = (address: string, init: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(address, 'http://x');
    if (!this.isThere) return Promise.reject(new Error('away'));
    if (pathname === '/v1/sessions/s/bill') return this.answer(view(this.orders, { session: { ...view().session, status: 'closed' } }));
    if (!this.isOpen && pathname !== '/v1/branches/b/menu') return Promise.resolve(problem(401, 'session_closed'));
    if (init.method === 'POST') return this.post(pathname, new Headers(init.headers).get('Idempotency-Key') ?? '');
    if (pathname === '/v1/sessions/s') return this.answer(view(this.orders));
    if (pathname === '/v1/branches/b/menu') return this.answer(this.menu);
    const [, channel] = /^\/v1\/channels\/(.+)\/events$/.exec(pathname) ?? [];
    if (channel) return this.page(decodeURIComponent(channel), Number(searchParams.get('after')));
    return Promise.resolve(problem(503, 'unavailable'));
  };

  publish(channel: string, type: string, fields: object): void {
    const log = (this.logs[channel] ??= []);
    log.push(event(type, fields, log.length + 1));
  }

  private answer(body: unknown): Promise<Response> {
    return Promise.resolve(jsonResponse(200, body));
  }

  private page(channel: string, after: number): Promise<Response> {
    const log = this.logs[channel] ?? [];
    return this.answer({ channel, events: log.filter(({ seq }) => seq > after), next: null, lastSeq: log.length });
  }

  private post(pathname: string, key: string): Promise<Response> {
    this.posted.push(`${pathname} ${key}`);
    if (this.refusal) return Promise.resolve(this.refusal.clone());
    if (!this.answered.has(key)) {
      const id = `o${this.answered.size + 1}`;
      const isPlaced = pathname === '/v1/orders';
      if (isPlaced) this.orders.push(order(id));
      else this.orders = this.orders.map((one) => ({ ...one, version: 2, cancelRequest: { reason: 'r', requestedAt: one.createdAt } }));
      this.answered.set(key, this.orders.at(-1));
    }
    if (this.answersLost-- > 0) return Promise.reject(new Error('lost'));
    return this.answer(this.answered.get(key));
  }
}

let restaurant: FakeRestaurant;
let notified: string[];
let session: InstanceType<typeof GuestSession>;

function open(): InstanceType<typeof GuestSession> {
  const fresh = new GuestSession(TABLE_SESSION, {
    onPlaced: ({ id }) => notified.push(`placed ${id}`),
    onRefused: ({ kind }, { code }) => notified.push(`refused ${kind} ${code}`),
    onEvent: ({ type }) => notified.push(type),
    onNotStored: () => notified.push('not stored'),
    onLost: () => notified.push('lost'),
  });
  fresh.start();
  return fresh;
}

beforeEach(async () => {
  vi.useFakeTimers();
  window.localStorage.clear();
  restaurant = new FakeRestaurant();
  notified = [];
  vi.stubGlobal('fetch', restaurant.fetch);
  session = open();
  await until('the menu and the session', () => session.menu.value !== undefined && session.view.value !== undefined);
});
afterEach(() => {
  session.stop();
  vi.useRealTimers();
});

describe('an order', () => {
  it('is one, however often it is asked for and however often its answer is lost', async () => {
    restaurant.answersLost = 3;
    session.cart.add(soup!);
    for (let tap = 0; tap < 5; tap++) session.placeOrder();
    await until('the answer', () => notified.includes('placed o1'));
    expect(new Set(restaurant.posted).size).toBe(1);
    expect(restaurant.posted.length).toBe(4);
    expect(restaurant.orders.length).toBe(1);
    expect([session.cart.cart.value.lines.length, session.placing.value]).toEqual([0, undefined]);
  });

  it('outlives the page that sent it', async () => {
    restaurant.answersLost = 1_000;
    session.cart.add(soup!);
    session.placeOrder();
    await until('a try', () => restaurant.posted.length > 0);
    session.stop();
    restaurant.answersLost = 0;
    session = open();
    await until('the answer', () => notified.includes('placed o1'));
    expect(restaurant.orders.length).toBe(1);
    expect(session.cart.cart.value.lines).toEqual([]);
  });

  it('that one tab sends is under way in the other, and cannot be sent twice', async () => {
    restaurant.isThere = false;
    const other = open();
    session.cart.add(soup!);
    session.placeOrder();
    for (const key of ['orderpush.guest.cart.s', 'orderpush.guest.asks.s']) window.dispatchEvent(Object.assign(new Event('storage'), { key }));
    expect(other.placing.value?.key).toBe(session.placing.value?.key);
    other.placeOrder();
    restaurant.isThere = true;
    other.wake();
    await until('both to know', () => !session.placing.value && !other.placing.value);
    expect(restaurant.orders.length).toBe(1);
    other.stop();
  });

  it('that waited too long is sent only if it is still wanted', async () => {
    restaurant.isThere = false;
    session.cart.add(soup!);
    session.placeOrder();
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    expect(session.stale.value).toBeDefined();
    restaurant.isThere = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(restaurant.orders).toEqual([]);
    const { key } = session.stale.value!;
    session.requests.renew(key);
    await until('the answer', () => notified.includes('placed o1'));
    expect(restaurant.posted.at(-1)).toContain(key);
  });

  it('that is refused leaves the cart, and the menu is read anew', async () => {
    restaurant.refusal = problem(422, 'invalid_fields', { errors: [{ field: 'items[0].menuItemId', message: 'is not available now' }] });
    restaurant.menu = { ...MENU, items: [{ ...soup!, available: false }] };
    session.cart.add(soup!);
    session.placeOrder();
    await until('the refusal', () => notified.includes('refused order invalid_fields'));
    await until('the menu', () => session.priced.value.isBlocked);
    session.placeOrder();
    expect(session.placing.value).toBeUndefined();
  });
});

describe('a guest session', () => {
  it('reads the session anew when something happened, and counts what it does not know', async () => {
    restaurant.orders = [order('a', { status: 'ready' })];
    restaurant.publish('session:s', 'order:created', { orderId: 'a' });
    restaurant.publish('session:s', 'order:teleported', {});
    await until('the order', () => session.view.value?.orders.length === 1);
    expect(session.unknownEvents.value).toBe(1);
    expect(notified).toEqual(['order:created']);
  });

  it('reads the menu again only for what an event does not carry', async () => {
    const [bread] = MENU.items;
    const change = (fields: object) => restaurant.publish('menu:b', 'menu:updated', { menuItemId: 'soup', name: 'Soup', price: 500, ...fields });
    restaurant.menu = { ...MENU, items: [bread!] };
    change({ available: false, change: 'unavailable' });
    await until('the event', () => session.menu.value?.items.some(({ available }) => !available) ?? false);
    expect(session.menu.value?.items.length).toBe(MENU.items.length);
    change({ available: false, change: 'changed' });
    await until('the menu', () => session.menu.value?.items.length === 1);
  });

  it('receives the kitchen’s answer on the order’s own channel', async () => {
    restaurant.orders = [order('o1')];
    session.requestCancel('o1', 'late');
    session.requestCancel('o1', 'late');
    await until('the question', () => session.view.value?.orders[0]?.cancelRequest !== undefined);
    expect(restaurant.posted.length).toBe(1);
    restaurant.publish('order:o1', 'order:cancel_request', { orderId: 'o1', reason: 'late' });
    restaurant.publish('order:o1', 'kitchen:cancel_rejected', { orderId: 'o1', reason: 'fried' });
    await until('the answer', () => session.outcomes.value['o1']?.kind === 'rejected');
    expect(notified).toContain('kitchen:cancel_rejected');
    session.stop();
    session = open();
    expect(session.outcomes.value['o1']).toEqual({ kind: 'rejected', reason: 'fried' });
  });

  it('ends when the session does, with the bill', async () => {
    restaurant.isOpen = false;
    restaurant.orders = [order('late')];
    session.cart.add(soup!);
    session.placeOrder();
    await until('the end', () => session.isClosed.value);
    await until('the bill', () => session.view.value?.session.status === 'closed');
    expect(session.view.value?.orders.map(({ id }) => id)).toEqual(['late']);
    expect(notified).toEqual([]);
  });

  it('leaves nothing behind', () => {
    session.cart.add(soup!);
    expect(window.localStorage.length).toBeGreaterThan(0);
    session.stop();
    forgetGuestSession(TABLE_SESSION);
    expect(window.localStorage.length).toBe(0);
  });
});
