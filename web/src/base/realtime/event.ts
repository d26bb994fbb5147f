import type { Schemas } from '../api/client';
import { parseJson } from '../json';

/** The fields of every pushed event; the others depend on its type (GET /events.schema.json). */
export interface PushedEvent {
  id: string;
  seq: number;
  type: string;
  occurredAt: string;
  [field: string]: unknown;
}

/** Nothing if it is not an event of the service: SDKs deliver messages of their own kind too. */
export function asEvent(value: unknown): PushedEvent | undefined {
  const data: unknown = typeof value === 'string' ? parseJson(value) : value;
  if (typeof data !== 'object' || data === null) return undefined;
  const { id, seq, type, occurredAt } = data as Record<string, unknown>;
  const isEvent =
    typeof id === 'string' && typeof type === 'string' && typeof occurredAt === 'string' && Number.isSafeInteger(seq);
  return isEvent ? (data as PushedEvent) : undefined;
}

/** The text in a field of the event; empty if there is none. */
export function eventText(event: PushedEvent, field: string): string {
  const value = event[field];
  return typeof value === 'string' ? value : '';
}

/** The order's lines in the event, without what is none. */
export function eventItems(event: PushedEvent): Schemas['Item'][] {
  const items = Array.isArray(event['items']) ? (event['items'] as unknown[]) : [];
  return items.filter(isItem);
}

function isItem(value: unknown): value is Schemas['Item'] {
  const { itemId, name, quantity, status } = (value ?? {}) as Record<string, unknown>;
  return [itemId, name, status].every((one) => typeof one === 'string') && typeof quantity === 'number';
}
