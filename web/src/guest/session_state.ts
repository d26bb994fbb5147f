// The session's document, and how events change it before it is read again.

import type { Schemas } from '../base/api/client';
import type { PushedEvent } from '../base/realtime/event';
import type { Order } from './pending_requests';

export type SessionView = Schemas['SessionView'];
type Item = Order['items'][number];

/** The result of a cancel request; the order itself does not carry the reason. */
export interface Outcome {
  kind: 'asked' | 'rejected' | 'cancelled';
  reason: string;
}
/** By order. */
export type Outcomes = Readonly<Record<string, Outcome>>;

const ORDER_STATUSES: readonly unknown[] = ['pending', 'confirmed', 'preparing', 'ready', 'served', 'completed', 'cancelled'];
const ITEM_STATUSES: readonly unknown[] = ['pending', 'preparing', 'ready', 'served', 'cancelled'];

/** Types on the session's channel after which the document is read again: it has more than the event. */
const REFRESHING_TYPES = new Set([
  'order:created', 'order:confirmed', 'order:status_changed', 'order:items_added', 'order:item_status_changed',
  'order:cancelled', 'kitchen:order_preparing', 'kitchen:order_ready', 'kitchen:order_completed', 'payment:completed',
  'session:opened', 'session:closed',
]);
/** Further types on an order's channel, and of the connection. */
const OTHER_KNOWN_TYPES = new Set([
  'order:cancel_request', 'kitchen:order_acknowledged', 'kitchen:order_recalled', 'kitchen:cancel_accepted',
  'kitchen:cancel_rejected', 'realtime:provider_changed',
]);

export const needsRefresh = ({ type }: PushedEvent): boolean => REFRESHING_TYPES.has(type);
export const isKnown = ({ type }: PushedEvent): boolean => REFRESHING_TYPES.has(type) || OTHER_KNOWN_TYPES.has(type);

/** The newest first. */
export const ordersOf = (view: SessionView): Order[] => [...view.orders].sort((a, b) => b.orderNumber - a.orderNumber || (a.id < b.id ? 1 : -1));

/** An order as read from the service, unless a newer version is known. */
export function withOrder(view: SessionView, order: Order): SessionView {
  const known = view.orders.find(({ id }) => id === order.id);
  if (known && known.version >= order.version) return view;
  const others = view.orders.filter(({ id }) => id !== order.id);
  return { ...view, orders: [...others, order] };
}

/** What the event changes at once; the rest comes with the next read. */
export function withEvent(view: SessionView, event: PushedEvent): SessionView {
  const { orderId, status, itemId, type } = event;
  if (type === 'order:status_changed' && ORDER_STATUSES.includes(status)) {
    return withChanged(view, orderId, (order) => ({ ...order, status: status as Order['status'] }));
  }
  if (type === 'order:item_status_changed' && ITEM_STATUSES.includes(status)) {
    const moved = (item: Item): Item => (item.itemId === itemId ? { ...item, status: status as Item['status'] } : item);
    return withChanged(view, orderId, (order) => ({ ...order, items: order.items.map(moved) }));
  }
  if (type === 'payment:completed') return withPayment(view, event);
  if (type === 'session:closed') return { ...view, session: { ...view.session, status: 'closed' } };
  return view;
}

/** A payment may close the session at once, after which there is less to read. */
function withPayment(view: SessionView, { paymentId, amount }: PushedEvent): SessionView {
  const isCounted = view.payments.some(({ id }) => id === paymentId);
  if (isCounted || typeof amount !== 'number') return view;
  const { bill } = view;
  const paidAmount = bill.paidAmount + amount;
  const outstandingAmount = Math.max(bill.finalAmount - paidAmount, 0);
  const refundDue = Math.max(paidAmount - bill.finalAmount, 0);
  return { ...view, bill: { ...bill, paidAmount, outstandingAmount, refundDue } };
}

function withChanged(view: SessionView, orderId: unknown, how: (order: Order) => Order): SessionView {
  return { ...view, orders: view.orders.map((order) => (order.id === orderId ? how(order) : order)) };
}

const OUTCOMES: Record<string, Outcome['kind']> = {
  'order:cancel_request': 'asked',
  'kitchen:cancel_rejected': 'rejected',
  'order:cancelled': 'cancelled',
};

/** The latest result of a cancel request; unchanged if the event carries none. */
export function withOutcome(outcomes: Outcomes, { type, orderId, reason }: PushedEvent): Outcomes {
  const kind = OUTCOMES[type];
  if (kind === undefined || typeof orderId !== 'string') return outcomes;
  return { ...outcomes, [orderId]: { kind, reason: typeof reason === 'string' ? reason : '' } };
}

export function isOutcomes(value: unknown): value is Outcomes {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((one: unknown) => {
    const { kind, reason } = (one ?? {}) as Record<string, unknown>;
    return Object.values(OUTCOMES).some((known) => known === kind) && typeof reason === 'string';
  });
}

/** Whether something of it is still to come to the table. */
export function isUnserved({ status, items }: Order): boolean {
  return status !== 'cancelled' && items.some((item) => item.status !== 'served' && item.status !== 'cancelled');
}

export interface BillLine {
  name: string;
  unitPrice: number;
  quantity: number;
}

/** What is to be paid for: the same at the same price is one line. */
export function billLines(view: SessionView): BillLine[] {
  const lines = new Map<string, BillLine>();
  for (const order of view.orders) {
    if (order.status === 'cancelled') continue;
    for (const { menuItemId, name, unitPrice, quantity, status } of order.items) {
      if (status === 'cancelled') continue;
      const key = `${menuItemId} ${unitPrice} ${name}`;
      const line = lines.get(key) ?? { name, unitPrice, quantity: 0 };
      lines.set(key, { ...line, quantity: line.quantity + quantity });
    }
  }
  return [...lines.values()];
}
