// Orders as far as pushed events tell of them: without a log-in nothing can be read.

import { eventItems, eventText, type PushedEvent } from '../base/realtime/event';
import type { FloorState, Item, Order } from './floor';

/** What the event says of its order; a later read of the order replaces it. */
export function withPushed(state: FloorState, event: PushedEvent): FloorState {
  const known = state.orders.get(eventText(event, 'orderId'));
  const pushed = known ? changed(known, event) : created(event);
  return pushed ? { ...state, orders: new Map(state.orders).set(pushed.id, pushed) } : state;
}

function changed(order: Order, event: PushedEvent): Order | undefined {
  switch (event.type) {
    case 'order:item_status_changed': {
      const [itemId, status] = [eventText(event, 'itemId'), eventText(event, 'status') as Item['status']];
      return { ...order, items: order.items.map((item) => (item.itemId === itemId ? { ...item, status } : item)) };
    }
    case 'order:items_added':
      return { ...order, items: [...order.items, ...eventItems(event)] };
    case 'order:status_changed':
      return { ...order, status: eventText(event, 'status') as Order['status'] };
    case 'order:cancelled':
      return { ...order, status: 'cancelled' };
    default:
      return undefined;
  }
}

function created(event: PushedEvent): Order | undefined {
  if (event.type !== 'order:created' || event['truncated'] === true) return undefined;
  const [customerName, note] = [eventText(event, 'customerName'), eventText(event, 'note')];
  const items = eventItems(event);
  return {
    id: eventText(event, 'orderId'),
    orderNumber: Number(event['orderNumber']),
    branchId: '',
    sessionId: eventText(event, 'sessionId'),
    tableId: eventText(event, 'tableId'),
    tableNumber: eventText(event, 'tableNumber'),
    table: eventText(event, 'table'),
    status: eventText(event, 'status') as Order['status'],
    itemCount: items.length,
    items,
    tickets: [],
    totalAmount: Number(event['totalAmount']),
    finalAmount: Number(event['finalAmount']),
    currency: eventText(event, 'currency'),
    version: 0,
    createdAt: event.occurredAt,
    updatedAt: event.occurredAt,
    ...(customerName ? { customerName } : {}),
    ...(note ? { note } : {}),
  };
}
