// Tickets and events as the service would send them.

import type { PushedEvent } from '../../src/base/realtime/event';
import { emptyBoard, type BoardState } from '../../src/kitchen/board';
import type { Item, Order, Ticket } from '../../src/kitchen/ticket';

export function item(itemId: string, more: Partial<Item> = {}): Item {
  return { itemId, menuItemId: `menu-${itemId}`, name: `Dish ${itemId}`, quantity: 1, unitPrice: 500, status: 'pending', ...more };
}

export function ticket(id: string, more: Partial<Ticket> = {}): Ticket {
  return {
    id,
    orderId: `order-${id}`,
    orderNumber: 7,
    branchId: 'branch',
    tableId: 'table',
    table: 'Terrace - T5',
    orderStatus: 'pending',
    stationId: 'grill',
    stationName: 'Grill',
    status: 'pending',
    priority: 'normal',
    isHeld: false,
    version: 1,
    createdAt: '2026-01-01T10:00:00.000Z',
    items: [item(`${id}-1`), item(`${id}-2`)],
    ...more,
  };
}

export function order(tickets: Ticket[], more: Partial<Order> = {}): Order {
  const [first] = tickets;
  const items = tickets.flatMap((one) => one.items);
  return {
    id: first?.orderId ?? 'order',
    orderNumber: 7,
    branchId: 'branch',
    sessionId: 'session',
    tableId: 'table',
    tableNumber: 'T5',
    table: 'Terrace - T5',
    status: 'pending',
    itemCount: items.length,
    items,
    tickets: tickets.map(({ id, status, priority, isHeld, version, createdAt, stationId, stationName, items: lines }) => ({
      id,
      status,
      priority,
      isHeld,
      version,
      createdAt,
      ...(stationId === undefined ? {} : { stationId }),
      ...(stationName === undefined ? {} : { stationName }),
      itemIds: lines.map(({ itemId }) => itemId),
    })),
    totalAmount: 0,
    finalAmount: 0,
    currency: 'EUR',
    version: 1,
    createdAt: '2026-01-01T10:00:00.000Z',
    updatedAt: '2026-01-01T10:00:00.000Z',
    ...more,
  };
}

export function boardWith(...tickets: Ticket[]): BoardState {
  const stations = [
    { id: 'bar', name: 'Bar' },
    { id: 'grill', name: 'Grill' },
  ];
  return { ...emptyBoard, stations, tickets: new Map(tickets.map((one) => [one.id, one])) };
}

let lastSeq = 0;
export function event(type: string, fields: object = {}, seq = ++lastSeq): PushedEvent {
  return { id: `event-${seq}`, seq, type, occurredAt: '2026-01-01T10:01:00.000Z', ...fields };
}
