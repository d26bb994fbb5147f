// The state of the floor as last known. Pure: each function returns the next state.

import type { Schemas } from '../base/api/client';
import { compareText } from '../base/compare';

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

/** An order that no kitchen display has shown, or that nobody has acknowledged. */
export interface Alarm {
  orderId: string;
  /** no_display, unacknowledged, or a value of a later version. */
  reason: string;
  since: string;
  /** Undefined until the order is read; as the two below. */
  orderNumber?: number;
  table?: string;
  /** The stations that have not taken it. */
  stations?: readonly string[];
}

/** The same alarm again has the same key; the same order for another reason has not. */
export const alarmKey = ({ orderId, reason }: Alarm): string => `${orderId} ${reason}`;

/** The kitchen's answer to a cancel request. */
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
  /** By order. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  /** By order, until dismissed. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Sessions known to be closed: of their orders only what is not served yet is kept, for the pass. */
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
    alarms: alarmsOf(document.alarms, before),
    outcomes: new Map([...before.outcomes].filter(([orderId]) => orders.has(orderId))),
    closed: withClosed(before.closed, leftBehind(document)),
  };
}

/** The closed sessions of which something is left on the pass. */
function leftBehind({ orders, sessions }: Schemas['Floor']): string[] {
  const open = new Set(sessions.map(({ id }) => id));
  return [...new Set(orders.map(({ sessionId }) => sessionId).filter((id) => !open.has(id)))];
}

function withClosed(closed: readonly string[], more: readonly string[]): readonly string[] {
  return [...closed.filter((one) => !more.includes(one)), ...more].slice(-CLOSED_MAX);
}

/** Whether something of it is still to be made or carried. */
export function isUnserved({ status, items }: Order): boolean {
  return status !== 'cancelled' && items.some((item) => item.status !== 'served' && item.status !== 'cancelled');
}

/** The alarms as read, with the stations as known before. */
export function alarmsOf(alarms: Schemas['FloorAlarm'][], { alarms: before }: FloorState): Map<string, Alarm> {
  return new Map(
    alarms.map((alarm) => {
      const stations = before.get(alarm.orderId)?.stations;
      return [alarm.orderId, stations === undefined ? alarm : { ...alarm, stations }];
    }),
  );
}

/** Whose kitchens wait for it: undefined while the order is not known. */
export function alarmStations({ orders }: FloorState, { orderId, stations }: Alarm): readonly string[] | undefined {
  const order = orders.get(orderId);
  return order ? waitingStations(order) : stations;
}

/** An order as read from the service; an older version than the known one is ignored. */
export function withOrder(state: FloorState, order: Order): FloorState {
  if ((state.orders.get(order.id)?.version ?? 0) > order.version) return state;
  const alarms = new Map(state.alarms);
  if (!waitsInKitchen(order)) alarms.delete(order.id);
  const alarm = alarms.get(order.id);
  if (alarm) {
    const { orderNumber, table } = order;
    alarms.set(order.id, { ...alarm, orderNumber, table, stations: waitingStations(order) });
  }
  const orders = new Map(state.orders).set(order.id, order);
  if (state.closed.includes(order.sessionId) && !isUnserved(order)) orders.delete(order.id);
  return { ...state, alarms, orders };
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
  return waitingTickets(order).length > 0;
}

const waitingTickets = ({ tickets }: Order) => tickets.filter(({ status, isHeld }) => status === 'pending' && !isHeld);

/** The stations of what is neither taken nor held back, each once, by name. */
function waitingStations(order: Order): string[] {
  return [...new Set(waitingTickets(order).flatMap(({ stationName }) => stationName ?? []))].sort(compareText);
}

export function withTable(state: FloorState, table: Table): FloorState {
  return { ...state, tables: new Map(state.tables).set(table.id, table) };
}

export function withSession(state: FloorState, session: Session): FloorState {
  return { ...state, sessions: new Map(state.sessions).set(session.id, session) };
}

/** Removes the session; of its orders those stay that are not served yet, and alarms, since the kitchen has the order. */
export function withoutSession(state: FloorState, sessionId: string): FloorState {
  const sessions = new Map(state.sessions);
  sessions.delete(sessionId);
  const orders = new Map([...state.orders].filter(([, order]) => order.sessionId !== sessionId || isUnserved(order)));
  const outcomes = new Map([...state.outcomes].filter(([orderId]) => orders.has(orderId)));
  return { ...state, sessions, orders, outcomes, closed: withClosed(state.closed, [sessionId]) };
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
