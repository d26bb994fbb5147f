// Orders of which only the pushed event is known: without a log-in nothing can be read. Their tickets are drawn from the
// event until the order is read, one for each station, under ids of our own.

import { eventItems, eventText, type PushedEvent } from '../base/realtime/event';
import { withChange, type BoardState } from './board';
import { isPushed, pushedId, type Item, type Ticket } from './ticket';

/** With the tickets of the event's lines, if it is one of a new order or of lines that were added. */
export function withPushed(state: BoardState, event: PushedEvent, branchId: string): BoardState {
  const isNew = event.type === 'order:created';
  const known = [...state.tickets.values()].filter(({ orderId }) => orderId === event['orderId']);
  if ((isNew && known.length > 0) || (!isNew && event.type !== 'order:items_added')) return state;
  let next = state;
  for (const [stationId, items] of byStation(eventItems(event))) {
    const ticket = pushedTicket(event, items, branchId, stationId, state);
    next = { ...next, tickets: new Map(next.tickets).set(ticket.id, ticket) };
    if (!isNew) next = withChange(next, ticket.id, { kind: 'added' });
  }
  return next;
}

/** The event names a ticket of an order of which one ticket was drawn from an event: it is that one. */
export function withTicketNamed(state: BoardState, event: PushedEvent): BoardState {
  const id = eventText(event, 'ticketId');
  if (id === '' || state.tickets.has(id)) return state;
  const pushed = [...state.tickets.values()].filter((ticket) => ticket.orderId === event['orderId'] && isPushed(ticket.id));
  const [only] = pushed;
  if (!only || pushed.length > 1) return state;
  const tickets = new Map([...state.tickets].map(([key, ticket]) => (key === only.id ? [id, { ...ticket, id }] : [key, ticket])));
  return { ...state, tickets };
}

function pushedTicket(event: PushedEvent, items: Item[], branchId: string, stationId: string, { stations }: BoardState): Ticket {
  const orderId = eventText(event, 'orderId');
  const station = stations.find(({ id }) => id === stationId);
  const [customerName, orderNote] = [eventText(event, 'customerName'), eventText(event, 'note')];
  return {
    id: pushedId(orderId, stationId, event.type === 'order:created' ? '' : event.id),
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

function byStation(items: Item[]): Map<string, Item[]> {
  const stations = new Map<string, Item[]>();
  for (const item of items) {
    const stationId = item.stationId ?? '';
    stations.set(stationId, [...(stations.get(stationId) ?? []), item]);
  }
  return stations;
}
