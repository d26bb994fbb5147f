// The state of the board as last known. Pure: each function returns the next state.

import type { Schemas } from '../base/api/client';
import { isOpen, isPushed, ticketsOf, type Order, type Ticket } from './ticket';

/** A change to a ticket that was already on the board; shown until a cook has confirmed it. */
export interface Change {
  kind: 'added' | 'itemCancelled' | 'orderCancelled' | 'moved' | 'recalled';
  itemId?: string;
}

export interface Station {
  id: string;
  name: string;
}

export interface BoardState {
  /** Open tickets. */
  readonly tickets: ReadonlyMap<string, Ticket>;
  readonly stations: readonly Station[];
  /** By ticket. */
  readonly changes: ReadonlyMap<string, readonly Change[]>;
  /** Cancelled after they were shown: stay on the board until confirmed. */
  readonly gone: ReadonlyMap<string, Ticket>;
  /** Bumped ones, the last first: what can be recalled. */
  readonly done: readonly Ticket[];
}

/** What deserves a sound. */
export type Cue = 'created' | 'changed' | 'cancelled';

export interface Applied {
  state: BoardState;
  cue?: Cue;
  /** The event does not carry everything: this order has to be read. */
  reread?: { orderId: string; added: readonly string[] };
  /** Not an event that a board knows. */
  isUnknown?: boolean;
}

export const DONE_MAX = 20;
const GONE_MAX = 50;

export const emptyBoard: BoardState = {
  tickets: new Map(),
  stations: [],
  changes: new Map(),
  gone: new Map(),
  done: [],
};

/** The board as read, all of it; what cooks have not confirmed yet stays. */
export function boardOf(document: Schemas['Board'], before: BoardState): BoardState {
  const tickets = document.stations.flatMap((station) => station.tickets);
  const stations = document.stations.flatMap(({ stationId, name }) =>
    stationId === null ? [] : [{ id: stationId, name: name ?? '' }],
  );
  const open = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  return tidied({ ...before, tickets: open, stations, done: before.done.filter(({ id }) => !open.has(id)) });
}

/** An order as read from the service. `added`: lines that came later than the order. */
export function withOrder(state: BoardState, order: Order, added: readonly string[] = []): BoardState {
  let next = withoutPushed(state, order.id);
  for (const ticket of ticketsOf(order)) {
    const isLater = !state.tickets.has(ticket.id) && ticket.items.some(({ itemId }) => added.includes(itemId));
    next = withTicket(next, ticket);
    if (isLater && isOpen(ticket)) next = withChange(next, ticket.id, { kind: 'added' });
  }
  return next;
}

/** Without the tickets that were drawn from events of this order: it was read, or is over. */
export function withoutPushed(state: BoardState, orderId: string): BoardState {
  const isGone = (ticket: Ticket) => ticket.orderId === orderId && isPushed(ticket.id);
  const tickets = new Map([...state.tickets].filter(([, ticket]) => !isGone(ticket)));
  return tickets.size === state.tickets.size ? state : tidied({ ...state, tickets });
}

/** A ticket as read from the service. */
export function withTicket(state: BoardState, ticket: Ticket): BoardState {
  const known = state.tickets.get(ticket.id);
  if (ticket.status === 'completed') return bumped(state, ticket);
  if (ticket.status === 'cancelled') return known ? cancelled(state, ticket) : state;
  const done = state.done.filter(({ id }) => id !== ticket.id);
  return { ...state, tickets: new Map(state.tickets).set(ticket.id, ticket), done };
}

/** The service knows no such order any more. */
export function withoutOrder(state: BoardState, orderId: string): BoardState {
  return tidied({ ...state, tickets: new Map([...state.tickets].filter(([, ticket]) => ticket.orderId !== orderId)) });
}

export function withChange(state: BoardState, ticketId: string, change: Change): BoardState {
  const before = state.changes.get(ticketId) ?? [];
  if (before.some(({ kind, itemId }) => kind === change.kind && itemId === change.itemId)) return state;
  return { ...state, changes: new Map(state.changes).set(ticketId, [...before, change]) };
}

/** A cook has seen what changed on this ticket. */
export function confirmed(state: BoardState, ticketId: string): BoardState {
  const changes = new Map(state.changes);
  const gone = new Map(state.gone);
  changes.delete(ticketId);
  gone.delete(ticketId);
  return { ...state, changes, gone };
}

/** The last first; one whose time is not known yet was bumped here just now. */
export const byLastBumped = (a: Ticket, b: Ticket): number => bumpTime(b).localeCompare(bumpTime(a));
const bumpTime = ({ completedAt = '9' }: Ticket): string => completedAt;

export function bumped(state: BoardState, ticket: Ticket): BoardState {
  const tickets = new Map(state.tickets);
  tickets.delete(ticket.id);
  // An event may overtake a response: the time decides which is the later one.
  const done = [ticket, ...state.done.filter(({ id }) => id !== ticket.id)].sort(byLastBumped).slice(0, DONE_MAX);
  return tidied({ ...state, tickets, done });
}

export function cancelled(state: BoardState, ticket: Ticket): BoardState {
  const tickets = new Map(state.tickets);
  tickets.delete(ticket.id);
  const gone = new Map([...state.gone, [ticket.id, { ...ticket, status: 'cancelled' as const }] as const].slice(-GONE_MAX));
  return withChange(tidied({ ...state, tickets, gone }), ticket.id, { kind: 'orderCancelled' });
}

/** Without changes of tickets that are shown no longer, so that nothing grows. */
function tidied(state: BoardState): BoardState {
  const stored = [...state.changes].filter(([id]) => state.tickets.has(id) || state.gone.has(id));
  return stored.length === state.changes.size ? state : { ...state, changes: new Map(stored) };
}
