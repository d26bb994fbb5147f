// Changes that cooks have not confirmed yet are stored, so that they survive a reload of the page.

import { deviceStore, readJson } from '../base/storage';
import type { BoardState, Change } from './board';
import type { Ticket } from './ticket';

interface StoredChanges {
  changes: [string, Change[]][];
  gone: Ticket[];
}

const storeKey = (branchId: string) => `orderpush.kitchen.changes.${branchId}`;

function isStoredChanges(value: unknown): value is StoredChanges {
  if (typeof value !== 'object' || value === null) return false;
  const { changes, gone } = value as Record<string, unknown>;
  return Array.isArray(changes) && changes.every(isChangeList) && Array.isArray(gone) && gone.every(isTicket);
}

function isChangeList(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [ticketId, list] = value as unknown[];
  return typeof ticketId === 'string' && Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null);
}

/** Checks the fields a card needs: what an older version stored must not break this one. */
function isTicket(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, orderId, table, createdAt, items } = value as Record<string, unknown>;
  return [id, orderId, table, createdAt].every((one) => typeof one === 'string') && Array.isArray(items);
}

export function loadPendingChanges(branchId: string): Pick<BoardState, 'changes' | 'gone'> {
  const stored = readJson(deviceStore, storeKey(branchId), isStoredChanges) ?? { changes: [], gone: [] };
  return { changes: new Map(stored.changes), gone: new Map(stored.gone.map((ticket) => [ticket.id, ticket])) };
}

export function savePendingChanges(branchId: string, { changes, gone }: BoardState): void {
  if (changes.size + gone.size === 0) return deviceStore.remove(storeKey(branchId));
  const stored: StoredChanges = { changes: [...changes].map(([id, list]) => [id, [...list]]), gone: [...gone.values()] };
  deviceStore.set(storeKey(branchId), JSON.stringify(stored));
}
