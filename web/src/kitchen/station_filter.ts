// Which events a display that is filtered to one station rings for: only those of its own station.

import type { PushedEvent } from '../base/realtime/event';
import type { BoardState } from './board';
import type { Ticket } from './ticket';

/** `before` and `after`: the board around the event. A ticket that leaves the station counts; so does an event of no known ticket. */
export function concernsStation(event: PushedEvent, stationId: string | undefined, before: BoardState, after: BoardState): boolean {
  if (stationId === undefined) return true;
  const items = Array.isArray(event['items']) ? (event['items'] as { stationId?: unknown }[]) : [];
  const tickets = [before, after].flatMap(({ tickets, gone }) => [...tickets.values(), ...gone.values()]);
  const meant = items.length > 0 ? items : tickets.filter((ticket) => isAbout(ticket, event));
  return meant.length === 0 || meant.some((one) => one.stationId === stationId);
}

function isAbout(ticket: Ticket, { orderId, ticketId, itemId }: PushedEvent): boolean {
  if (typeof ticketId === 'string') return ticket.id === ticketId;
  if (typeof itemId === 'string') return ticket.items.some((item) => item.itemId === itemId);
  return ticket.orderId === orderId;
}
