// From state to view: pending actions applied to the board, then split into columns.

import { ACTIONS, type Action } from './actions';
import type { BoardState, Change, Station } from './board';
import { byUrgency, isLive, isOpen, isStruck, type Ticket } from './ticket';

export interface Shown {
  ticket: Ticket;
  changes: readonly Change[];
  /** Something done here is not answered yet. */
  isWaiting: boolean;
  /** Cancelled, and not confirmed. */
  isGone: boolean;
  /** From 1, over all columns: what number keys choose. */
  position: number;
}

export interface Column {
  key: string;
  /** A station's name; undefined: the key names a status column. */
  name?: string;
  tickets: Shown[];
}

export type Layout = 'status' | 'station';
const STATUS_COLUMNS = ['new', 'preparing', 'ready'] as const;
const NO_STATION = 'none';

/** The tickets with the predicted results of all pending actions. */
function withPendingActions(state: BoardState, waiting: readonly Action[]): Map<string, Ticket> {
  const tickets = new Map(state.tickets);
  for (const action of waiting) {
    const recalled = action.kind === 'recall' ? state.done.find(({ id }) => id === action.ticketId) : undefined;
    const ticket = tickets.get(action.ticketId) ?? recalled;
    if (!ticket) continue;
    const after = ACTIONS[action.kind].predict(ticket, action);
    if (isOpen(after)) tickets.set(after.id, after);
    else tickets.delete(after.id);
  }
  return tickets;
}

/** The chosen station if this branch has it: a display that belonged to another branch before must not hide everything. */
export function stationOf({ stations }: BoardState, wantedId: string | undefined): string | undefined {
  return stations.find(({ id }) => id === wantedId)?.id;
}

export function arrange(
  state: BoardState,
  waiting: readonly Action[],
  layout: Layout,
  wantedStationId: string | undefined,
): Column[] {
  const stationId = stationOf(state, wantedStationId);
  const inWork = new Set(waiting.map(({ ticketId }) => ticketId));
  const open = [...withPendingActions(state, waiting).values()].map((ticket) => ({ ticket, isGone: false }));
  const gone = [...state.gone.values()].map((ticket) => ({ ticket, isGone: true }));
  const wanted = [...gone, ...open].filter(({ ticket }) => !stationId || ticket.stationId === stationId);
  wanted.sort((a, b) => Number(b.isGone) - Number(a.isGone) || byUrgency(a.ticket, b.ticket));
  const shown = wanted.map(({ ticket, isGone }) => ({
    ticket,
    isGone,
    changes: state.changes.get(ticket.id) ?? [],
    isWaiting: inWork.has(ticket.id),
    position: 0,
  }));
  const columns = layout === 'status' ? byStatus(shown) : byStation(shown, state.stations, stationId);
  let position = 0;
  for (const column of columns) for (const one of column.tickets) one.position = ++position;
  return columns;
}

function byStatus(shown: Shown[]): Column[] {
  return STATUS_COLUMNS.map((key) => ({ key, tickets: shown.filter((one) => statusColumn(one) === key) }));
}

function statusColumn({ ticket }: Shown): (typeof STATUS_COLUMNS)[number] {
  return ticket.status === 'preparing' || ticket.status === 'ready' ? ticket.status : 'new';
}

function byStation(shown: Shown[], stations: readonly Station[], only: string | undefined): Column[] {
  const named = stations
    .filter(({ id }) => !only || id === only)
    .map(({ id, name }) => ({ key: id, name, tickets: shown.filter(({ ticket }) => ticket.stationId === id) }));
  const rest = shown.filter(({ ticket }) => !stations.some(({ id }) => id === ticket.stationId));
  return rest.length > 0 ? [...named, { key: NO_STATION, tickets: rest }] : named;
}

export interface AllDayLine {
  menuItemId: string;
  name: string;
  quantity: number;
}

/** How much of each dish is still to be made, most first. */
export function allDay(columns: Column[]): AllDayLine[] {
  const lines = new Map<string, AllDayLine>();
  for (const { ticket, isGone } of columns.flatMap(({ tickets }) => tickets)) {
    if (isGone) continue;
    for (const item of ticket.items.filter((one) => isLive(one) && !isStruck(one))) {
      const line = lines.get(item.menuItemId) ?? { menuItemId: item.menuItemId, name: item.name, quantity: 0 };
      lines.set(item.menuItemId, { ...line, quantity: line.quantity + item.quantity });
    }
  }
  return [...lines.values()].sort((a, b) => b.quantity - a.quantity || a.name.localeCompare(b.name));
}
