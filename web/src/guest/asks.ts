// What guests ask of the restaurant. Each is kept until it is answered, and is done once however often it is sent.

import type { ApiClient, Schemas } from '../base/api/client';
import type { ApiError } from '../base/api/error';
import type { Kept } from '../base/kept_queue';

export type Order = Schemas['Order'];

interface OrderAsk extends Kept {
  kind: 'order';
  body: Schemas['PlaceOrder'];
}

interface CancelAsk extends Kept {
  kind: 'cancel';
  orderId: string;
  reason: string;
}

export type Ask = OrderAsk | CancelAsk;

/** The whole order as it is then. Throws ApiError. */
export function sendAsk(api: ApiClient, ask: Ask): Promise<Order> {
  const once = { idempotencyKey: ask.key, tries: 1 };
  if (ask.kind === 'order') return api.post('/v1/orders', { body: ask.body, ...once });
  const { orderId, reason } = ask;
  return api.post('/v1/orders/{id}/cancel-request', { path: { id: orderId }, body: { reason }, ...once });
}

/** Somebody of the table, or a waiter, asked for the same. */
export function isAskedBefore(ask: Ask, error: ApiError): boolean {
  return ask.kind === 'cancel' && error.code === 'cancel_already_requested';
}

export function isAsk(value: unknown): value is Ask {
  if (typeof value !== 'object' || value === null) return false;
  const { key, at, kind, body, orderId, reason } = value as Record<string, unknown>;
  if (typeof key !== 'string' || typeof at !== 'number') return false;
  if (kind === 'order') return typeof body === 'object' && body !== null && Array.isArray((body as { items?: unknown }).items);
  return kind === 'cancel' && typeof orderId === 'string' && typeof reason === 'string';
}
