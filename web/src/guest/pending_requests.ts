// Requests of guests: they wait in the offline queue until they are answered, and take effect once however often they are sent.

import type { ApiClient, Schemas } from '../base/api/client';
import type { ApiError } from '../base/api/error';
import type { QueuedItem } from '../base/offline_queue';

export type Order = Schemas['Order'];

interface OrderRequest extends QueuedItem {
  kind: 'order';
  body: Schemas['PlaceOrder'];
}

interface CancelRequest extends QueuedItem {
  kind: 'cancel';
  orderId: string;
  reason: string;
}

export type PendingRequest = OrderRequest | CancelRequest;

/** The order after the request. Throws ApiError. */
export function sendRequest(api: ApiClient, request: PendingRequest): Promise<Order> {
  const once = { idempotencyKey: request.key, tries: 1 };
  if (request.kind === 'order') return api.post('/v1/orders', { body: request.body, ...once });
  const { orderId, reason } = request;
  return api.post('/v1/orders/{id}/cancel-request', { path: { id: orderId }, body: { reason }, ...once });
}

/** Another guest of the table, or a waiter, has requested the same. */
export function isAlreadyRequested(request: PendingRequest, error: ApiError): boolean {
  return request.kind === 'cancel' && error.code === 'cancel_already_requested';
}

export function isPendingRequest(value: unknown): value is PendingRequest {
  if (typeof value !== 'object' || value === null) return false;
  const { key, at, kind, body, orderId, reason } = value as Record<string, unknown>;
  if (typeof key !== 'string' || typeof at !== 'number') return false;
  if (kind === 'order') return typeof body === 'object' && body !== null && Array.isArray((body as { items?: unknown }).items);
  return kind === 'cancel' && typeof orderId === 'string' && typeof reason === 'string';
}
