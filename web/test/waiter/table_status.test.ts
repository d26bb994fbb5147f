import { describe, expect, it } from 'vitest';
import type { Order } from '../../src/waiter/floor';
import { minorOf, money, plainAmount } from '../../src/base/money';
import { areasOf, billOf, readyOrders, shownTable, type TableStatus } from '../../src/waiter/table_status';
import { withPendingActions, isAction, subjectOf, type Action } from '../../src/waiter/actions';
import { floorDocument, floorWith, orderWith, table } from './samples';
import { emptyFloor, floorOf } from '../../src/waiter/floor';

const session = { id: 's1', tableId: 't5', openedAt: '2026-01-01T09:30:00.000Z', paid: 0 };
type Status = Order['items'][number]['status'];

describe('a table', () => {
  const cases: [TableStatus, Status[][]][] = [
    ['seated', []],
    ['seated', [['cancelled']]],
    ['ordered', [['pending', 'pending']]],
    ['cooking', [['pending', 'preparing']]],
    ['ordered', [['pending'], ['served']]],
    ['cooking', [['preparing'], ['served']]],
    ['ready', [['pending'], ['ready', 'served']]],
    ['toPay', [['served', 'cancelled'], ['served']]],
  ];
  it.each(cases)('is %s with %j', (status, orders) => {
    const made = orders.map((statuses, at) => orderWith(`o${at}`, statuses));
    expect(shownTable(table('t5', { status: 'occupied' }), session, made).status).toBe(status);
  });

  it('is free, or to be cleaned, without guests', () => {
    expect(shownTable(table('t5'), undefined, []).status).toBe('free');
    expect(shownTable(table('t5', { status: 'needs-cleaning' }), undefined, []).status).toBe('cleaning');
  });

  it('that has paid all is not to pay', () => {
    expect(shownTable(table('t5'), { ...session, paid: 1000 }, [orderWith('o', ['served'])]).status).toBe('seated');
  });

  it('counts the time of what is waited for', () => {
    const late = orderWith('o1', ['pending'], { createdAt: '2026-01-01T10:05:00.000Z' });
    const served = orderWith('o0', ['served']);
    expect(shownTable(table('t5'), session, [served, late]).since).toBe(late.createdAt);
    expect(shownTable(table('t5'), session, [served]).since).toBe(session.openedAt);
    expect(shownTable(table('t5'), undefined, []).since).toBeUndefined();
  });
});

describe('the floor plan', () => {
  it('has areas by name and tables as people count them', () => {
    const tables = ['t10', 't9', 'b1'].map((id) => table(id, id === 'b1' ? { areaId: 'bar', area: 'Bar' } : {}));
    const areas = areasOf(floorOf(floorDocument({ tables, sessions: [] }), emptyFloor), []);
    expect(areas.map(({ name, tables: shown }) => [name, shown.map((one) => one.table.number)])).toEqual([
      ['Bar', ['B1']],
      ['Terrace', ['T9', 'T10']],
    ]);
  });

  it('puts orders where their guests sit', () => {
    const state = floorWith(orderWith('o', ['ready']), orderWith('x', ['ready'], { sessionId: 'gone' }));
    const [first, second] = areasOf(state, [...state.orders.values()])[0]?.tables ?? [];
    expect(first?.orders.map(({ id }) => id)).toEqual(['o']);
    expect(second?.orders).toEqual([]);
  });
});

describe('the pass', () => {
  it('has ready lines only, the longest waiting order first, none of what is cancelled', () => {
    const at = (readyAt: string, order: Order): Order => ({ ...order, tickets: order.tickets.map((one) => ({ ...one, readyAt })) });
    const ready = readyOrders([
      at('2026-01-01T10:09:00.000Z', orderWith('a', ['ready', 'pending'])),
      at('2026-01-01T10:01:00.000Z', orderWith('b', ['ready', 'ready'])),
      orderWith('c', ['served']),
      orderWith('d', ['ready'], { status: 'cancelled' }),
    ]);
    expect(ready.map(({ order, items }) => [order.id, items.length])).toEqual([['b', 2], ['a', 1]]);
  });

  it('is clear of what is about to be served', () => {
    const order = orderWith('a', ['ready', 'ready']);
    const serve: Action = { kind: 'serve', orderId: 'a', itemIds: ['a-0'], key: 'k', at: 0, table: 'T5' };
    expect(readyOrders([withPendingActions(order, [serve])])[0]?.items.map(({ itemId }) => itemId)).toEqual(['a-1']);
    expect(withPendingActions(order, [{ ...serve, orderId: 'b' }])).toBe(order);
  });
});

describe('a bill', () => {
  it('is of what is not cancelled, less what is paid; too much is given back', () => {
    const orders = [orderWith('a', ['served']), orderWith('b', ['cancelled'], { status: 'cancelled' })];
    expect(billOf(orders, 400)).toEqual({ total: 900, final: 1000, paid: 400, outstanding: 600 });
    expect(billOf(orders, 1500).outstanding).toBe(-500);
  });
});

describe('amounts', () => {
  it.each([
    ['12.90', 'EUR', 1290],
    ['12,9', 'EUR', 1290],
    [' 12 ', 'EUR', 1200],
    ['0.01', 'EUR', 1],
    ['500', 'JPY', 500],
    ['1.234', 'KWD', 1234],
  ])('reads %s of %s', (text, currency, minor) => expect(minorOf(text, currency)).toBe(minor));

  it.each([['0'], ['-1'], ['1.234'], ['1e3'], [''], ['1 000'], ['9999999999'], ['x']])('refuses %s', (text) => {
    expect(minorOf(text, 'EUR')).toBeUndefined();
  });

  it('writes them as the language does', () => {
    expect(money(1290, 'EUR', 'en')).toBe('€12.90');
    expect(money(1290, 'EUR', 'de')).toMatch(/^12,90\s€$/);
    expect([plainAmount(1290, 'EUR'), plainAmount(500, 'JPY')]).toEqual(['12.90', '500']);
  });
});

describe('a stored action', () => {
  const stored = { key: 'k', at: 1, table: 'T5' };
  it.each<[object, boolean]>([
    [{ ...stored, kind: 'serve', orderId: 'o', itemIds: ['i'] }, true],
    [{ ...stored, kind: 'pay', sessionId: 's', amount: 100, method: 'cash' }, true],
    [{ ...stored, kind: 'pay', sessionId: 's', amount: 1.5, method: 'cash' }, false],
    [{ ...stored, kind: 'serve', orderId: 'o', itemIds: 'i' }, false],
    [{ ...stored, kind: 'clean' }, false],
    [{ ...stored, kind: 'toString' }, false],
    [{ kind: 'clean', tableId: 't', at: 1 }, false],
  ])('%j is an action: %s', (value, is) => expect(isAction(value)).toBe(is));

  it('is the same action when it is tapped twice', () => {
    expect(subjectOf({ kind: 'serve', orderId: 'o', itemIds: ['b', 'a'], table: '' })).toBe(
      subjectOf({ kind: 'serve', orderId: 'o', itemIds: ['a', 'b'], table: '' }),
    );
    expect(subjectOf({ kind: 'close', sessionId: 's', table: '' })).not.toBe(subjectOf({ kind: 'pay', sessionId: 's', amount: 1, method: 'cash', table: '' }));
  });
});
