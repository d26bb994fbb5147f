// Does an event concern those who stand before this display? A display of one station is not to ring for the others.

import type { PushedEvent } from '../base/realtime/event';
import type { BoardState } from './board';
import type { Ticket } from './ticket';

/** `before` and `after` the event; a ticket that leaves a station concerns it too. When in doubt it does. */
export function concerns(event: PushedEvent, stationId: string | undefined, before: BoardState, after: BoardState): boolean {
  if (stationId === undefined) return true;
  const items = Array.isArray(event['items']) ? (event['items'] as { stationId?: unknown }[]) : [];
  const tickets = [before, after].flatMap(({ tickets, gone }) => [...tickets.values(), ...gone.values()]);
  const meant = items.length > 0 ? items : tickets.filter((ticket) => isMeant(ticket, event));
  return meant.length === 0 || meant.some((one) => one.stationId === stationId);
}

function isMeant(ticket: Ticket, { orderId, ticketId, itemId }: PushedEvent): boolean {
  if (typeof ticketId === 'string') return ticket.id === ticketId;
  if (typeof itemId === 'string') return ticket.items.some((item) => item.itemId === itemId);
  return ticket.orderId === orderId;
}
