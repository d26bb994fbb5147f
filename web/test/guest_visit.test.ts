import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowser, jsonResponse, problem, until } from './browser';
import { MENU, order, view } from './guest_samples';
import { event } from './samples';

installBrowser();
vi.mock('../src/base/realtime/link', async (load) => ({ ...(await load<object>()), openLink: () => Promise.reject(new Error('none here')) }));
const { Visit, forgetVisit } = await import('../src/guest/visit');
type Order = import('../src/guest/asks').Order;

const SEAT = { token: 'opst_1', sessionId: 's', branchId: 'b', branchName: 'Harbor', table: 'Terrace - T1' };
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

  tell(channel: string, type: string, fields: object): void {
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
let told: string[];
let visit: InstanceType<typeof Visit>;

function open(): InstanceType<typeof Visit> {
  const fresh = new Visit(SEAT, {
    onPlaced: ({ id }) => told.push(`placed ${id}`),
    onRefused: ({ kind }, { code }) => told.push(`refused ${kind} ${code}`),
    onEvent: ({ type }) => told.push(type),
    onNotKept: () => told.push('not kept'),
    onLost: () => told.push('lost'),
  });
  fresh.start();
  return fresh;
}

beforeEach(async () => {
  vi.useFakeTimers();
  window.localStorage.clear();
  restaurant = new FakeRestaurant();
  told = [];
  vi.stubGlobal('fetch', restaurant.fetch);
  visit = open();
  await until('the menu and the session', () => visit.menu.value !== undefined && visit.view.value !== undefined);
});
afterEach(() => {
  visit.stop();
  vi.useRealTimers();
});

describe('an order', () => {
  it('is one, however often it is asked for and however often its answer is lost', async () => {
    restaurant.answersLost = 3;
    visit.cart.add(soup!);
    for (let tap = 0; tap < 5; tap++) visit.placeOrder();
    await until('the answer', () => told.includes('placed o1'));
    expect(new Set(restaurant.posted).size).toBe(1);
    expect(restaurant.posted.length).toBe(4);
    expect(restaurant.orders.length).toBe(1);
    expect([visit.cart.cart.value.lines.length, visit.placing.value]).toEqual([0, undefined]);
  });

  it('outlives the page that sent it', async () => {
    restaurant.answersLost = 1_000;
    visit.cart.add(soup!);
    visit.placeOrder();
    await until('a try', () => restaurant.posted.length > 0);
    visit.stop();
    restaurant.answersLost = 0;
    visit = open();
    await until('the answer', () => told.includes('placed o1'));
    expect(restaurant.orders.length).toBe(1);
    expect(visit.cart.cart.value.lines).toEqual([]);
  });

  it('that one tab sends is under way in the other, and cannot be sent twice', async () => {
    restaurant.isThere = false;
    const other = open();
    visit.cart.add(soup!);
    visit.placeOrder();
    for (const key of ['orderpush.guest.cart.s', 'orderpush.guest.asks.s']) window.dispatchEvent(Object.assign(new Event('storage'), { key }));
    expect(other.placing.value?.key).toBe(visit.placing.value?.key);
    other.placeOrder();
    restaurant.isThere = true;
    other.wake();
    await until('both to know', () => !visit.placing.value && !other.placing.value);
    expect(restaurant.orders.length).toBe(1);
    other.stop();
  });

  it('that waited too long is sent only if it is still wanted', async () => {
    restaurant.isThere = false;
    visit.cart.add(soup!);
    visit.placeOrder();
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    expect(visit.stale.value).toBeDefined();
    restaurant.isThere = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(restaurant.orders).toEqual([]);
    const { key } = visit.stale.value!;
    visit.asks.renew(key);
    await until('the answer', () => told.includes('placed o1'));
    expect(restaurant.posted.at(-1)).toContain(key);
  });

  it('that is refused leaves the cart, and the menu is read anew', async () => {
    restaurant.refusal = problem(422, 'invalid_fields', { errors: [{ field: 'items[0].menuItemId', message: 'is not available now' }] });
    restaurant.menu = { ...MENU, items: [{ ...soup!, available: false }] };
    visit.cart.add(soup!);
    visit.placeOrder();
    await until('the refusal', () => told.includes('refused order invalid_fields'));
    await until('the menu', () => visit.priced.value.isBlocked);
    visit.placeOrder();
    expect(visit.placing.value).toBeUndefined();
  });
});

describe('a visit', () => {
  it('reads the session anew when something happened, and counts what it does not know', async () => {
    restaurant.orders = [order('a', { status: 'ready' })];
    restaurant.tell('session:s', 'order:created', { orderId: 'a' });
    restaurant.tell('session:s', 'order:teleported', {});
    await until('the order', () => visit.view.value?.orders.length === 1);
    expect(visit.unknownEvents.value).toBe(1);
    expect(told).toEqual(['order:created']);
  });

  it('reads the menu anew only for what an event does not tell', async () => {
    const [bread] = MENU.items;
    const change = (fields: object) => restaurant.tell('menu:b', 'menu:updated', { menuItemId: 'soup', name: 'Soup', price: 500, ...fields });
    restaurant.menu = { ...MENU, items: [bread!] };
    change({ available: false, change: 'unavailable' });
    await until('the event', () => visit.menu.value?.items.some(({ available }) => !available) ?? false);
    expect(visit.menu.value?.items.length).toBe(MENU.items.length);
    change({ available: false, change: 'changed' });
    await until('the menu', () => visit.menu.value?.items.length === 1);
  });

  it('hears the kitchen’s answer on the order’s own channel', async () => {
    restaurant.orders = [order('o1')];
    visit.askToCancel('o1', 'late');
    visit.askToCancel('o1', 'late');
    await until('the question', () => visit.view.value?.orders[0]?.cancelRequest !== undefined);
    expect(restaurant.posted.length).toBe(1);
    restaurant.tell('order:o1', 'order:cancel_request', { orderId: 'o1', reason: 'late' });
    restaurant.tell('order:o1', 'kitchen:cancel_rejected', { orderId: 'o1', reason: 'fried' });
    await until('the answer', () => visit.outcomes.value['o1']?.kind === 'rejected');
    expect(told).toContain('kitchen:cancel_rejected');
    visit.stop();
    visit = open();
    expect(visit.outcomes.value['o1']).toEqual({ kind: 'rejected', reason: 'fried' });
  });

  it('ends when the session does, with the bill', async () => {
    restaurant.isOpen = false;
    restaurant.orders = [order('late')];
    visit.cart.add(soup!);
    visit.placeOrder();
    await until('the end', () => visit.isOver.value);
    await until('the bill', () => visit.view.value?.session.status === 'closed');
    expect(visit.view.value?.orders.map(({ id }) => id)).toEqual(['late']);
    expect(told).toEqual([]);
  });

  it('leaves nothing behind', () => {
    visit.cart.add(soup!);
    expect(window.localStorage.length).toBeGreaterThan(0);
    visit.stop();
    forgetVisit(SEAT);
    expect(window.localStorage.length).toBe(0);
  });
});
