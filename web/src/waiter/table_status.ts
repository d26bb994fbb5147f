// Pure functions: the status, the bill and the ready orders of a table.

import { compareText } from '../base/compare';
import type { FloorState, Item, Order, Session, Table } from './floor';

/** The status of a table by what a waiter has to do next. */
export type TableStatus = 'free' | 'cleaning' | 'seated' | 'ordered' | 'cooking' | 'ready' | 'toPay';

/** Of a session, in minor units. */
export interface Bill {
  total: number;
  final: number;
  paid: number;
  /** Negative where an order was cancelled after it was paid. */
  outstanding: number;
}

export interface ShownTable {
  table: Table;
  session: Session | undefined;
  /** Oldest first. */
  orders: readonly Order[];
  bill: Bill;
  status: TableStatus;
  /** Since when; undefined where no guests wait. */
  since: string | undefined;
}

export interface Area {
  id: string;
  name: string;
  tables: readonly ShownTable[];
}

/** Lines of one order that wait to be carried to the table. */
export interface ReadyOrder {
  order: Order;
  items: readonly Item[];
  since: string;
}

export const isLive = (item: Item): boolean => item.status !== 'cancelled';
export const isReady = (item: Item): boolean => item.status === 'ready';

export function readyOf(order: Order): ReadyOrder | undefined {
  const items = order.status === 'cancelled' ? [] : order.items.filter(isReady);
  if (items.length === 0) return undefined;
  const times = order.tickets.flatMap((ticket) => {
    const isOn = ticket.itemIds.some((id) => items.some(({ itemId }) => itemId === id));
    return isOn && ticket.readyAt !== undefined ? [ticket.readyAt] : [];
  });
  return { order, items, since: times.sort(compareText)[0] ?? order.updatedAt };
}

/** What waits longest comes first. */
export function readyOrders(orders: Iterable<Order>): ReadyOrder[] {
  const ready = [...orders].flatMap((order) => readyOf(order) ?? []);
  return ready.sort((a, b) => compareText(a.since, b.since) || compareText(a.order.id, b.order.id));
}

export function billOf(orders: readonly Order[], paid: number): Bill {
  const live = orders.filter(({ status }) => status !== 'cancelled');
  const final = live.reduce((sum, order) => sum + order.finalAmount, 0);
  return { total: live.reduce((sum, order) => sum + order.totalAmount, 0), final, paid, outstanding: final - paid };
}

function statusOf(table: Table, session: Session | undefined, orders: readonly Order[], bill: Bill): TableStatus {
  if (!session) return table.status === 'free' ? 'free' : table.status === 'occupied' ? 'seated' : 'cleaning';
  const items = orders.filter(({ status }) => status !== 'cancelled').flatMap((order) => order.items.filter(isLive));
  if (items.length === 0) return 'seated';
  if (items.some(isReady)) return 'ready';
  const open = items.filter(({ status }) => status !== 'served');
  if (open.length === 0) return bill.outstanding > 0 ? 'toPay' : 'seated';
  return open.every(({ status }) => status === 'pending') ? 'ordered' : 'cooking';
}

function sinceOf(status: TableStatus, session: Session | undefined, orders: readonly Order[]): string | undefined {
  if (status === 'ready') return readyOrders(orders)[0]?.since;
  const isOpen = (order: Order) => order.items.some(({ status }) => status === 'pending' || status === 'preparing');
  if (status === 'ordered' || status === 'cooking') return orders.find(isOpen)?.createdAt;
  return session?.openedAt;
}

export function shownTable(table: Table, session: Session | undefined, orders: readonly Order[]): ShownTable {
  const bill = billOf(orders, session?.paid ?? 0);
  const status = statusOf(table, session, orders, bill);
  return { table, session, orders, bill, status, since: sinceOf(status, session, orders) };
}

const byNumber = new Intl.Collator('en', { numeric: true });

/** All tables, by area. `orders`: those of the state, with pending actions applied. */
export function areasOf(state: FloorState, orders: readonly Order[]): Area[] {
  const ofSession = new Map<string, Order[]>();
  for (const order of [...orders].sort((a, b) => compareText(a.id, b.id))) {
    ofSession.set(order.sessionId, [...(ofSession.get(order.sessionId) ?? []), order]);
  }
  const ofTable = new Map([...state.sessions.values()].map((session) => [session.tableId, session]));
  const areas = new Map<string, Area & { tables: ShownTable[] }>();
  for (const table of state.tables.values()) {
    const session = ofTable.get(table.id);
    const shown = shownTable(table, session, session ? (ofSession.get(session.id) ?? []) : []);
    const area = areas.get(table.areaId) ?? { id: table.areaId, name: table.area, tables: [] };
    area.tables.push(shown);
    areas.set(table.areaId, area);
  }
  for (const { tables } of areas.values()) tables.sort((a, b) => byNumber.compare(a.table.number, b.table.number));
  return [...areas.values()].sort((a, b) => byNumber.compare(a.name, b.name));
}
