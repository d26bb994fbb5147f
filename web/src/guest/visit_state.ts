// A visit as the service tells of it: the session's document, and what events say before it is read anew.

import type { Schemas } from '../base/api/client';
import type { PushedEvent } from '../base/realtime/event';
import type { Order } from './asks';

export type View = Schemas['SessionView'];
type Item = Order['items'][number];

/** What came of asking to cancel an order; the order itself does not say why. */
export interface Outcome {
  kind: 'asked' | 'rejected' | 'cancelled';
  reason: string;
}
/** By order. */
export type Outcomes = Readonly<Record<string, Outcome>>;

const ORDER_STATUSES: readonly unknown[] = ['pending', 'confirmed', 'preparing', 'ready', 'served', 'completed', 'cancelled'];
const ITEM_STATUSES: readonly unknown[] = ['pending', 'preparing', 'ready', 'served', 'cancelled'];

/** Those of the session's channel that say nothing which the session's document does not say better. */
const READ_ANEW = new Set([
  'order:created', 'order:confirmed', 'order:status_changed', 'order:items_added', 'order:item_status_changed',
  'order:cancelled', 'kitchen:order_preparing', 'kitchen:order_ready', 'kitchen:order_completed', 'payment:completed',
  'session:opened', 'session:closed',
]);
/** Those of an order's channel beside them; and what tells of the connection. */
const KNOWN_ELSEWHERE = new Set([
  'order:cancel_request', 'kitchen:order_acknowledged', 'kitchen:order_recalled', 'kitchen:cancel_accepted',
  'kitchen:cancel_rejected', 'realtime:provider_changed',
]);

export const isToBeReadAnew = ({ type }: PushedEvent): boolean => READ_ANEW.has(type);
export const isKnown = ({ type }: PushedEvent): boolean => READ_ANEW.has(type) || KNOWN_ELSEWHERE.has(type);

/** The newest first. */
export const ordersOf = (view: View): Order[] => [...view.orders].sort((a, b) => b.orderNumber - a.orderNumber || (a.id < b.id ? 1 : -1));

/** The order as the service just answered with it, unless a newer one is shown. */
export function withOrder(view: View, order: Order): View {
  const known = view.orders.find(({ id }) => id === order.id);
  if (known && known.version >= order.version) return view;
  const others = view.orders.filter(({ id }) => id !== order.id);
  return { ...view, orders: [...others, order] };
}

/** What is told at once; the rest comes with the next reading. */
export function withEvent(view: View, event: PushedEvent): View {
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
function withPayment(view: View, { paymentId, amount }: PushedEvent): View {
  const isCounted = view.payments.some(({ id }) => id === paymentId);
  if (isCounted || typeof amount !== 'number') return view;
  const { bill } = view;
  const paid = { paidAmount: bill.paidAmount + amount, outstandingAmount: bill.outstandingAmount - amount };
  return { ...view, bill: { ...bill, ...paid } };
}

function withChanged(view: View, orderId: unknown, how: (order: Order) => Order): View {
  return { ...view, orders: view.orders.map((order) => (order.id === orderId ? how(order) : order)) };
}

const OUTCOMES: Record<string, Outcome['kind']> = {
  'order:cancel_request': 'asked',
  'kitchen:cancel_rejected': 'rejected',
  'order:cancelled': 'cancelled',
};

/** The last word on cancelling an order; the same if the event has none. */
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

export interface BillLine {
  name: string;
  unitPrice: number;
  quantity: number;
}

/** What is to be paid for: the same at the same price is one line. */
export function billLines(view: View): BillLine[] {
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
