// Orders of which only the pushed event is known: without a log-in nothing can be read. Their tickets are drawn from the
// event until the order is read, one for each station, under ids of our own.

import { eventText, type PushedEvent } from '../base/realtime/event';
import { withChange, type BoardState } from './board';
import { isTold, toldId, type Item, type Ticket } from './ticket';

/** With the tickets of the event's lines, if it is one of a new order or of lines that were added. */
export function withTold(state: BoardState, event: PushedEvent, branchId: string): BoardState {
  const isNew = event.type === 'order:created';
  const known = [...state.tickets.values()].filter(({ orderId }) => orderId === event['orderId']);
  if ((isNew && known.length > 0) || (!isNew && event.type !== 'order:items_added')) return state;
  let next = state;
  for (const [stationId, items] of byStation(itemsIn(event))) {
    const ticket = toldTicket(event, items, branchId, stationId, state);
    next = { ...next, tickets: new Map(next.tickets).set(ticket.id, ticket) };
    if (!isNew) next = withChange(next, ticket.id, { kind: 'added' });
  }
  return next;
}

/** The event names a ticket of an order of which one ticket was drawn from an event: it is that one. */
export function withTicketNamed(state: BoardState, event: PushedEvent): BoardState {
  const id = eventText(event, 'ticketId');
  if (id === '' || state.tickets.has(id)) return state;
  const told = [...state.tickets.values()].filter((ticket) => ticket.orderId === event['orderId'] && isTold(ticket.id));
  const [only] = told;
  if (!only || told.length > 1) return state;
  const tickets = new Map([...state.tickets].map(([key, ticket]) => (key === only.id ? [id, { ...ticket, id }] : [key, ticket])));
  return { ...state, tickets };
}

function toldTicket(event: PushedEvent, items: Item[], branchId: string, stationId: string, { stations }: BoardState): Ticket {
  const orderId = eventText(event, 'orderId');
  const station = stations.find(({ id }) => id === stationId);
  const [customerName, orderNote] = [eventText(event, 'customerName'), eventText(event, 'note')];
  return {
    id: toldId(orderId, stationId, event.type === 'order:created' ? '' : event.id),
    orderId,
    orderNumber: Number(event['orderNumber']),
    branchId,
    tableId: eventText(event, 'tableId'),
    table: eventText(event, 'table'),
    orderStatus: 'pending',
    status: 'pending',
    priority: 'normal',
    isHeld: false,
    version: 0,
    createdAt: event.occurredAt,
    items,
    ...(station ? { stationId: station.id, stationName: station.name } : {}),
    ...(customerName ? { customerName } : {}),
    ...(orderNote ? { orderNote } : {}),
  };
}

function itemsIn(event: PushedEvent): Item[] {
  const items = Array.isArray(event['items']) ? (event['items'] as unknown[]) : [];
  return items.filter(isItem);
}

function isItem(value: unknown): value is Item {
  const { itemId, name, quantity, status } = (value ?? {}) as Record<string, unknown>;
  return [itemId, name, status].every((one) => typeof one === 'string') && typeof quantity === 'number';
}

function byStation(items: Item[]): Map<string, Item[]> {
  const stations = new Map<string, Item[]>();
  for (const item of items) {
    const stationId = item.stationId ?? '';
    stations.set(stationId, [...(stations.get(stationId) ?? []), item]);
  }
  return stations;
}
