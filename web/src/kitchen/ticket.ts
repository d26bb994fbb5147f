// A ticket as the API describes it, and pure functions over it.

import type { Schemas } from '../base/api/client';
import { compareText } from '../base/compare';

export type Ticket = Schemas['Ticket'];
export type Item = Ticket['items'][number];
export type Order = Schemas['Order'];
export type TicketStatus = Ticket['status'];

/** Ids of the service are UUIDs; those of tickets that are known from an event alone are of our own. */
const SEPARATOR = '/';
export const pushedId = (...parts: string[]): string => parts.join(SEPARATOR);
/** Whether only an event told of it: it can be looked at, and nothing can be done with it. */
export const isPushed = (ticketId: string): boolean => ticketId.includes(SEPARATOR);

const PRIORITY_RANK: Record<Ticket['priority'], number> = { vip: 0, express: 1, normal: 2 };

export const isOpen = (ticket: Ticket): boolean => ticket.status !== 'completed' && ticket.status !== 'cancelled';
export const isLive = (item: Item): boolean => item.status !== 'cancelled';
export const isStruck = (item: Item): boolean => item.status === 'ready' || item.status === 'served';

/** The urgent first, then the oldest. Ids sort by time, so equal times keep one order on every display. */
export function byUrgency(a: Ticket, b: Ticket): number {
  const rank = PRIORITY_RANK[a.priority] - PRIORITY_RANK[b.priority];
  return rank || compareText(a.createdAt, b.createdAt) || compareText(a.id, b.id);
}

export function withItems(ticket: Ticket, change: (item: Item) => Item): Ticket {
  return { ...ticket, items: ticket.items.map(change) };
}

/** Without a request to cancel its order. */
export function withoutCancelRequest(ticket: Ticket): Ticket {
  const { cancelRequest: _, ...rest } = ticket;
  return rest;
}

/** Whether a cook would see the same. */
export function looksLike(a: Ticket, b: Ticket): boolean {
  const isSame = a.status === b.status && a.isHeld === b.isHeld && a.priority === b.priority && a.stationId === b.stationId;
  const statusOf = new Map(b.items.map(({ itemId, status }) => [itemId, status]));
  return isSame && a.items.length === b.items.length && a.items.every(({ itemId, status }) => statusOf.get(itemId) === status);
}

/** As the kitchen moved it: its lines follow, as on the service. */
export function moved(ticket: Ticket, status: TicketStatus): Ticket {
  const reached = status === 'completed' ? 'ready' : status;
  if (reached !== 'preparing' && reached !== 'ready') return { ...ticket, status };
  const isBehind = (item: Item) => item.status === 'pending' || (reached === 'ready' && item.status === 'preparing');
  return { ...withItems(ticket, (item) => (isBehind(item) ? { ...item, status: reached } : item)), status, isHeld: false };
}

/** The tickets of an order, each as a display shows it. */
export function ticketsOf(order: Order): Ticket[] {
  return order.tickets.map(({ itemIds, ...fields }) => ({
    ...fields,
    orderId: order.id,
    orderNumber: order.orderNumber,
    branchId: order.branchId,
    tableId: order.tableId,
    table: order.table,
    orderStatus: order.status,
    items: order.items.filter(({ itemId }) => itemIds.includes(itemId)),
    ...(order.customerName === undefined ? {} : { customerName: order.customerName }),
    ...(order.note === undefined ? {} : { orderNote: order.note }),
    ...(order.cancelRequest === undefined ? {} : { cancelRequest: order.cancelRequest }),
  }));
}

/** "Terrace - T5" in its two parts: the table is what is called out. */
export function tableParts(ticket: Ticket): { area: string; table: string } {
  const at = ticket.table.lastIndexOf(' - ');
  if (at < 0) return { area: '', table: ticket.table };
  return { area: ticket.table.slice(0, at), table: ticket.table.slice(at + 3) };
}
