// What happens at the tables, as far as the service has told it. Pure: each function makes the next state.

import type { Schemas } from '../base/api/client';

export type Table = Schemas['Table'];
export type Order = Schemas['Order'];
export type Item = Order['items'][number];

/** The guests at a table. */
export interface Session {
  id: string;
  tableId: string;
  openedAt: string;
  /** In minor units. */
  paid: number;
}

/** An order that the kitchen seems to overlook. */
export interface Alarm {
  orderId: string;
  /** As the service says it: no_display, unacknowledged, or what later versions know. */
  reason: string;
  since: string;
  /** Until the order is read. */
  orderNumber?: number;
  table?: string;
}

/** What the kitchen said to a request to cancel. */
export interface Outcome {
  kind: 'accepted' | 'rejected';
  reason: string;
}

export interface FloorState {
  /** ISO 4217; empty until the floor is read. */
  readonly currency: string;
  readonly tables: ReadonlyMap<string, Table>;
  /** The open ones. */
  readonly sessions: ReadonlyMap<string, Session>;
  readonly orders: ReadonlyMap<string, Order>;
  /** By order: one is enough to go and look. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  /** By order, until somebody has seen them. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Sessions that ended of late: what is read of them afterwards is not shown again. */
  readonly closed: readonly string[];
}

const CLOSED_MAX = 200;

export const emptyFloor: FloorState = {
  currency: '',
  tables: new Map(),
  sessions: new Map(),
  orders: new Map(),
  alarms: new Map(),
  outcomes: new Map(),
  closed: [],
};

/** The floor as read, all of it. */
export function floorOf(document: Schemas['Floor'], before: FloorState): FloorState {
  // An answer to an action of our own may be newer than what was read at the same time.
  const newer = (order: Order): Order => {
    const known = before.orders.get(order.id);
    return known && known.version > order.version ? known : order;
  };
  const orders = new Map(document.orders.map((order) => [order.id, newer(order)]));
  return {
    currency: document.currency,
    tables: new Map(document.tables.map((table) => [table.id, table])),
    sessions: new Map(
      document.sessions.map(({ id, tableId, openedAt, bill }) => [id, { id, tableId, openedAt, paid: bill.paidAmount }]),
    ),
    orders,
    alarms: alarmsOf(document.alarms),
    outcomes: new Map([...before.outcomes].filter(([orderId]) => orders.has(orderId))),
    closed: before.closed,
  };
}

export function alarmsOf(alarms: Schemas['FloorAlarm'][]): Map<string, Alarm> {
  return new Map(alarms.map((alarm) => [alarm.orderId, alarm]));
}

/** The whole truth about one order; an older one than is known changes nothing. */
export function withOrder(state: FloorState, order: Order): FloorState {
  if ((state.orders.get(order.id)?.version ?? 0) > order.version) return state;
  const alarms = new Map(state.alarms);
  if (!waitsInKitchen(order)) alarms.delete(order.id);
  const alarm = alarms.get(order.id);
  if (alarm) alarms.set(order.id, { ...alarm, orderNumber: order.orderNumber, table: order.table });
  if (state.closed.includes(order.sessionId)) return { ...state, alarms };
  return { ...state, alarms, orders: new Map(state.orders).set(order.id, order) };
}

/** The service knows no such order any more. */
export function withoutOrder(state: FloorState, orderId: string): FloorState {
  const [orders, alarms] = [new Map(state.orders), new Map(state.alarms)];
  orders.delete(orderId);
  alarms.delete(orderId);
  return { ...state, orders, alarms };
}

/** Whether some of it is neither taken nor held back. */
export function waitsInKitchen(order: Order): boolean {
  return order.tickets.some((ticket) => ticket.status === 'pending' && !ticket.isHeld);
}

export function withTable(state: FloorState, table: Table): FloorState {
  return { ...state, tables: new Map(state.tables).set(table.id, table) };
}

export function withSession(state: FloorState, session: Session): FloorState {
  return { ...state, sessions: new Map(state.sessions).set(session.id, session) };
}

/** The guests are gone, and with them their orders; what the kitchen overlooks stays overlooked. */
export function withoutSession(state: FloorState, sessionId: string): FloorState {
  const sessions = new Map(state.sessions);
  sessions.delete(sessionId);
  const orders = new Map([...state.orders].filter(([, order]) => order.sessionId !== sessionId));
  const outcomes = new Map([...state.outcomes].filter(([orderId]) => orders.has(orderId)));
  const closed = [...state.closed.filter((one) => one !== sessionId), sessionId].slice(-CLOSED_MAX);
  return { ...state, sessions, orders, outcomes, closed };
}

export function withAlarm(state: FloorState, alarm: Alarm): FloorState {
  const known = state.alarms.get(alarm.orderId);
  return { ...state, alarms: new Map(state.alarms).set(alarm.orderId, { ...alarm, ...known, reason: alarm.reason }) };
}

export function withOutcome(state: FloorState, orderId: string, outcome: Outcome): FloorState {
  return { ...state, outcomes: new Map(state.outcomes).set(orderId, outcome) };
}

export function withoutOutcome(state: FloorState, orderId: string): FloorState {
  const outcomes = new Map(state.outcomes);
  outcomes.delete(orderId);
  return { ...state, outcomes };
}
