// What cooks have not confirmed yet outlives a reload of the page.

import { deviceStore, readJson } from '../base/storage';
import type { BoardState, Change } from './board';
import type { Ticket } from './ticket';

interface Kept {
  changes: [string, Change[]][];
  gone: Ticket[];
}

const keyOf = (branchId: string) => `orderpush.kitchen.changes.${branchId}`;

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const { changes, gone } = value as Record<string, unknown>;
  return Array.isArray(changes) && changes.every(isChangeList) && Array.isArray(gone) && gone.every(isTicket);
}

function isChangeList(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [ticketId, list] = value as unknown[];
  return typeof ticketId === 'string' && Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null);
}

/** As far as a card needs it: what an older page kept must not break this one. */
function isTicket(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, orderId, table, createdAt, items } = value as Record<string, unknown>;
  return [id, orderId, table, createdAt].every((one) => typeof one === 'string') && Array.isArray(items);
}

export function keptChanges(branchId: string): Pick<BoardState, 'changes' | 'gone'> {
  const kept = readJson(deviceStore, keyOf(branchId), isKept) ?? { changes: [], gone: [] };
  return { changes: new Map(kept.changes), gone: new Map(kept.gone.map((ticket) => [ticket.id, ticket])) };
}

export function keepChanges(branchId: string, { changes, gone }: BoardState): void {
  if (changes.size + gone.size === 0) return deviceStore.remove(keyOf(branchId));
  const kept: Kept = { changes: [...changes].map(([id, list]) => [id, [...list]]), gone: [...gone.values()] };
  deviceStore.set(keyOf(branchId), JSON.stringify(kept));
}
