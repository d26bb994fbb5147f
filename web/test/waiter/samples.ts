// A floor as the service would send it: two tables of a terrace, guests at one of them.

import type { Schemas } from '../../src/base/api/client';
import { emptyFloor, floorOf, type FloorState, type Order } from '../../src/waiter/floor';
import { item, order, ticket } from '../kitchen/samples';

type Table = Schemas['Table'];

export function table(id: string, more: Partial<Table> = {}): Table {
  const number = id.toUpperCase();
  return { id, branchId: 'b', number, areaId: 'terrace', area: 'Terrace', table: `Terrace - ${number}`, status: 'free', ...more };
}

/** An order of session s1 at table t5 with a line in each of these states. */
export function orderWith(id: string, statuses: Order['items'][number]['status'][], more: Partial<Order> = {}): Order {
  const lines = statuses.map((status, at) => item(`${id}-${at}`, { status }));
  const made = order([ticket(`ticket-${id}`, { items: lines })]);
  return { ...made, id, sessionId: 's1', tableId: 't5', finalAmount: 1000, totalAmount: 900, ...more };
}

export function floorDocument(more: Partial<Schemas['Floor']> = {}): Schemas['Floor'] {
  const bill = { totalAmount: 0, finalAmount: 0, paidAmount: 0, outstandingAmount: 0, refundDue: 0, currency: 'EUR' };
  return {
    branchId: 'b',
    asOf: '2026-01-01T10:00:00.000Z',
    currency: 'EUR',
    seq: { 'waiters:b': 10, 'tables:b': 5, 'menu:b': 0 },
    tables: [table('t5', { status: 'occupied', sessionId: 's1' }), table('t6')],
    sessions: [{ id: 's1', tableId: 't5', openedAt: '2026-01-01T09:30:00.000Z', bill }],
    orders: [],
    alarms: [],
    ...more,
  };
}

export const floorWith = (...orders: Order[]): FloorState => floorOf(floorDocument({ orders }), emptyFloor);
