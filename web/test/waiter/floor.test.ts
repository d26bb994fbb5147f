import { describe, expect, it } from 'vitest';
import {
  alarmsOf, alarmStations, emptyFloor, floorOf, withOrder, waitsInKitchen, withoutSession, type Order,
} from '../../src/waiter/floor';
import { applyEvent } from '../../src/waiter/floor_events';
import { readyOrders } from '../../src/waiter/table_status';
import { withPushed } from '../../src/waiter/pushed_orders';
import { floorDocument, floorWith, orderWith } from './samples';
import { event } from '../kitchen/samples';

const TABLES = 'tables:b';
const WAITERS = 'waiters:b';

describe('the floor', () => {
  it('seats and sees off guests, and leaves their table to be cleaned', () => {
    const opened = applyEvent(floorWith(), TABLES, event('session:opened', { sessionId: 's2', tableId: 't6' })).state;
    expect(opened.sessions.get('s2')).toEqual({ id: 's2', tableId: 't6', openedAt: '2026-01-01T10:01:00.000Z', paid: 0 });
    expect(opened.tables.get('t6')).toMatchObject({ status: 'occupied', sessionId: 's2' });
    const closed = applyEvent(opened, TABLES, event('session:closed', { sessionId: 's2', tableId: 't6' })).state;
    expect(closed.sessions.has('s2')).toBe(false);
    expect(closed.tables.get('t6')).toMatchObject({ status: 'needs-cleaning' });
    expect(closed.tables.get('t6')).not.toHaveProperty('sessionId');
  });

  it('adds up payments once although two channels carry them', () => {
    const paid = event('payment:completed', { sessionId: 's1', amount: 300 });
    const after = applyEvent(applyEvent(floorWith(), TABLES, paid).state, WAITERS, paid);
    expect(after.state.sessions.get('s1')?.paid).toBe(300);
    expect(after.isUnknown).toBeUndefined();
  });

  it('renames and frees tables; one in an unknown area is to be read', () => {
    const rename = { tableId: 't6', tableNumber: 'T60', areaId: 'terrace', status: 'needs-cleaning' };
    const state = applyEvent(floorWith(), TABLES, event('table:updated', rename)).state;
    expect(state.tables.get('t6')).toMatchObject({ number: 'T60', table: 'Terrace - T60', status: 'needs-cleaning' });
    expect(applyEvent(state, TABLES, event('table:updated', { ...rename, areaId: 'roof' })).isUnclear).toBe(true);
    expect(applyEvent(state, TABLES, event('table:updated', { ...rename, tableId: 'new' })).isUnclear).toBe(true);
  });

  it('reads the order of every event', () => {
    for (const type of ['order:created', 'order:item_status_changed', 'kitchen:order_ready', 'order:cancelled']) {
      expect(applyEvent(floorWith(), WAITERS, event(type, { orderId: 'o' })).orderId, type).toBe('o');
    }
  });

  it('knows what it does not know', () => {
    expect(applyEvent(floorWith(), WAITERS, event('order:teleported', { orderId: 'o' })).isUnknown).toBe(true);
    expect(applyEvent(floorWith(), TABLES, event('toString')).isUnknown).toBe(true);
  });

  it('never goes back to an older order, nor to one of guests who left', () => {
    const state = floorWith(orderWith('o', ['served'], { version: 3 }));
    expect(withOrder(state, orderWith('o', ['pending'], { version: 2 }))).toBe(state);
    const left = withoutSession(state, 's1');
    expect(left.orders.size).toBe(0);
    expect(withOrder(left, orderWith('o', ['served'], { version: 9 })).orders.size).toBe(0);
  });

  it('keeps what is not served of guests who left until it is, whatever was paid', () => {
    const left = withoutSession(floorWith(orderWith('o', ['preparing', 'cancelled'], { version: 3 })), 's1');
    expect(readyOrders(left.orders.values())).toEqual([]);
    const ready = withOrder(left, orderWith('o', ['ready', 'cancelled'], { version: 4 }));
    expect(readyOrders(ready.orders.values()).map(({ order }) => order.id)).toEqual(['o']);
    expect(withOrder(ready, orderWith('o', ['served', 'cancelled'], { version: 5 })).orders.size).toBe(0);
  });

  it('forgets what was left behind before the page was opened once it is served', () => {
    const document = floorDocument({ sessions: [], orders: [orderWith('o', ['ready'], { version: 3 })] });
    const state = floorOf(document, emptyFloor);
    expect(readyOrders(state.orders.values()).length).toBe(1);
    expect(withOrder(state, orderWith('o', ['served'], { version: 4 })).orders.size).toBe(0);
  });

  it('follows its orders by their events where nothing can be read', () => {
    const created = event('order:created', {
      orderId: 'new', orderNumber: 9, sessionId: 's1', tableId: 't5', tableNumber: 'T5', table: 'Terrace - T5', status: 'pending',
      items: [{ itemId: 'i', menuItemId: 'm', name: 'Soup', quantity: 2, unitPrice: 500, status: 'pending' }],
      totalAmount: 1000, finalAmount: 1000, currency: 'EUR',
    });
    const told = withPushed(floorWith(), created);
    expect(told.orders.get('new')).toMatchObject({ orderNumber: 9, table: 'Terrace - T5', items: [{ name: 'Soup' }] });
    const ready = withPushed(told, event('order:item_status_changed', { orderId: 'new', itemId: 'i', status: 'ready' }));
    expect(readyOrders(ready.orders.values()).map(({ order }) => order.id)).toEqual(['new']);
    expect(withPushed(ready, event('order:cancelled', { orderId: 'new' })).orders.get('new')?.status).toBe('cancelled');
    expect(withPushed(floorWith(), event('order:status_changed', { orderId: 'unknown', status: 'ready' })).orders.size).toBe(0);
    expect(withOrder(ready, orderWith('new', ['served'], { version: 1 })).orders.get('new')?.version).toBe(1);
  });

  it('keeps the kitchen’s answer until it is dismissed', () => {
    const state = floorWith(orderWith('o', ['pending']));
    const refused = applyEvent(state, WAITERS, event('kitchen:cancel_rejected', { orderId: 'o', reason: 'plated' }));
    expect(refused.state.outcomes.get('o')).toEqual({ kind: 'rejected', reason: 'plated' });
    expect(refused.orderId).toBe('o');
  });
});

describe('an alarm', () => {
  const alarm = event('kitchen:unattended', { orderId: 'o', reason: 'no_display', since: '2026-01-01T10:00:00.000Z' });

  it('stands until the kitchen has taken all of the order', () => {
    const raised = applyEvent(floorWith(), WAITERS, alarm);
    expect(raised.orderId).toBe('o');
    const waiting = orderWith('o', ['pending']);
    const known = withOrder(raised.state, waiting);
    expect(known.alarms.get('o')).toMatchObject({ reason: 'no_display', orderNumber: 7, table: 'Terrace - T5' });
    const tickets = waiting.tickets.map((one) => ({ ...one, status: 'acknowledged' as const }));
    expect(withOrder(known, { ...waiting, version: 2, tickets }).alarms.size).toBe(0);
  });

  it('is one per order, with the latest reason', () => {
    const twice = applyEvent(applyEvent(floorWith(), WAITERS, alarm).state, WAITERS, { ...alarm, reason: 'unacknowledged' });
    expect([...twice.state.alarms.values()].map(({ reason }) => reason)).toEqual(['unacknowledged']);
  });

  it('names the stations that have not taken the order', () => {
    const [pending] = orderWith('o', ['pending']).tickets;
    const at = (stationName: string, more: object = {}) => ({ ...pending!, id: stationName, stationName, ...more });
    const tickets = [at('Grill'), at('Bar', { status: 'preparing' }), at('Cold', { isHeld: true }), at('Grill')];
    const state = withOrder(applyEvent(floorWith(), WAITERS, alarm).state, orderWith('o', ['pending'], { tickets }));
    const [raised] = state.alarms.values();
    expect(alarmStations(state, raised!)).toEqual(['Grill']);
    const read = { orderId: 'o', orderNumber: 7, tableId: 't5', table: 'Terrace - T5', reason: 'unacknowledged', since: alarm.occurredAt };
    const closed = { ...state, orders: new Map<string, Order>() };
    const again = { ...closed, alarms: alarmsOf([read], closed) };
    expect(alarmStations(again, again.alarms.get('o')!)).toEqual(['Grill']);
    expect(alarmStations(again, { ...read, orderId: 'other' })).toBeUndefined();
  });

  it('does not wait for what is held back', () => {
    const order = orderWith('o', ['pending']);
    expect(waitsInKitchen(order)).toBe(true);
    expect(waitsInKitchen({ ...order, tickets: order.tickets.map((one) => ({ ...one, isHeld: true })) })).toBe(false);
  });
});
