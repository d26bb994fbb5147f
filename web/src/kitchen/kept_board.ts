// The board as it was last drawn, kept on the device: a reload without a network shows it.

import { deviceStore, readJson } from '../base/storage';
import type { BoardState, Station } from './board';
import type { Ticket } from './ticket';

interface KeptBoard {
  /** Milliseconds since 1970. */
  at: number;
  tickets: Ticket[];
  stations: Station[];
  done: Ticket[];
}

/** An older one says nothing about this kitchen's day. */
const AGE_MAX_MS = 12 * 3600 * 1000;
const WRITE_AFTER_MS = 500;

const storeKey = (branchId: string) => `orderpush.kitchen.board.${branchId}`;

function isKeptBoard(value: unknown): value is KeptBoard {
  if (typeof value !== 'object' || value === null) return false;
  const { at, tickets, stations, done } = value as Record<string, unknown>;
  const areTickets = [tickets, done].every((list) => Array.isArray(list) && list.every(isTicket));
  return typeof at === 'number' && areTickets && Array.isArray(stations);
}

/** Checks the fields a card needs: what an older version stored must not break this one. */
function isTicket(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, orderId, table, createdAt, status, items } = value as Record<string, unknown>;
  return [id, orderId, table, createdAt, status].every((one) => typeof one === 'string') && Array.isArray(items);
}

export function loadKeptBoard(branchId: string): Pick<BoardState, 'tickets' | 'stations' | 'done'> | undefined {
  const kept = readJson(deviceStore, storeKey(branchId), isKeptBoard);
  if (!kept || Date.now() - kept.at > AGE_MAX_MS) return undefined;
  const { tickets, stations, done } = kept;
  return { tickets: new Map(tickets.map((ticket) => [ticket.id, ticket])), stations, done };
}

/** Writes what it was last given, a moment later: a rush changes the board many times a second. */
export class BoardKeeper {
  private timer: number | undefined;
  private latest: BoardState | undefined;

  constructor(private readonly branchId: string) {}

  keep(board: BoardState): void {
    this.latest = board;
    this.timer ??= window.setTimeout(() => this.write(), WRITE_AFTER_MS);
  }

  stop(): void {
    if (this.timer !== undefined) this.write();
  }

  private write(): void {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.latest) return;
    const { tickets, stations, done } = this.latest;
    const kept: KeptBoard = { at: Date.now(), tickets: [...tickets.values()], stations: [...stations], done: [...done] };
    deviceStore.set(storeKey(this.branchId), JSON.stringify(kept));
  }
}
