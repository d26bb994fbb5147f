// What a waiter can do: the request to the service, and the order with the predicted result until the service has answered.

import { hasOwn } from '../base/json';
import { ApiError } from '../base/api/error';
import type { ApiClient, Schemas } from '../base/api/client';
import type { Order } from './floor';

export type Method = Schemas['PaymentMethod'];
export const METHODS: Method[] = ['cash', 'card', 'online', 'other'];

/** A line that is to be ordered. */
export interface OrderLine {
  menuItemId: string;
  quantity: number;
  note?: string;
}

interface Queued {
  /** The idempotency key: the same on every try. */
  key: string;
  /** Milliseconds since 1970. */
  at: number;
  /** "Terrace - T5": for the message about its result. */
  table: string;
}

/** As it waits in the offline queue until the service has answered. */
export type Action = Queued &
  (
    | { kind: 'serve'; orderId: string; itemIds: string[] }
    | { kind: 'askCancel'; orderId: string; reason: string }
    | { kind: 'pay'; sessionId: string; amount: number; method: Method }
    | { kind: 'close'; sessionId: string; openOrders?: 'cancel' }
    | { kind: 'clean'; tableId: string }
    | { kind: 'place'; sessionId: string; items: OrderLine[]; note?: string }
  );
type WithoutKey<A> = A extends Queued ? Omit<A, 'key' | 'at'> : never;
/** An action before it is queued. */
export type ActionRequest = WithoutKey<Action>;

/** The response of the service, where it is an order. */
export type ActionResult = { order?: Order };

/** Two actions with the same subject are one that was tapped twice. */
export function subjectOf(action: ActionRequest): string {
  switch (action.kind) {
    case 'serve':
      return `serve ${action.orderId} ${[...action.itemIds].sort().join(' ')}`;
    case 'askCancel':
      return `askCancel ${action.orderId}`;
    case 'clean':
      return `clean ${action.tableId}`;
    default:
      return `${action.kind} ${action.sessionId}`;
  }
}

export async function send(api: ApiClient, action: Action): Promise<ActionResult> {
  const once = { idempotencyKey: action.key, tries: 1 };
  switch (action.kind) {
    case 'serve':
      return { order: await serve(api, action) };
    case 'askCancel': {
      const { orderId: id, reason } = action;
      return { order: await api.post('/v1/orders/{id}/cancel-request', { path: { id }, body: { reason }, ...once }) };
    }
    case 'pay': {
      const { sessionId, amount, method } = action;
      await api.post('/v1/payments', { body: { sessionId, amount, method }, ...once });
      return {};
    }
    case 'close': {
      const { sessionId: id, openOrders } = action;
      await api.post('/v1/sessions/{id}/close', { path: { id }, ...(openOrders === undefined ? {} : { body: { openOrders } }), ...once });
      return {};
    }
    case 'clean':
      await api.patch('/v1/tables/{id}', { path: { id: action.tableId }, body: { status: 'free' }, ...once });
      return {};
    case 'place': {
      const { sessionId, items, note } = action;
      const body = { sessionId, items, ...(note === undefined ? {} : { note }) };
      return { order: await api.post('/v1/orders', { body, ...once }) };
    }
  }
}

/**
 * Line by line, so that nothing is served that was added in between. A line that is served already is skipped; the conflict
 * is thrown only if all of them are: another waiter was first.
 */
async function serve(api: ApiClient, { orderId, itemIds }: Action & { kind: 'serve' }): Promise<Order> {
  let order: Order | undefined;
  let conflict: ApiError | undefined;
  for (const itemId of itemIds) {
    try {
      order = await api.patch('/v1/orders/{id}/items/{itemId}', {
        path: { id: orderId, itemId },
        body: { status: 'served' },
        tries: 1,
      });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'status_conflict') throw error;
      conflict = error;
    }
  }
  if (order) return order;
  throw conflict ?? new ApiError('unreadable', 0);
}

/** The order with the predicted results of the pending actions. */
export function withPendingActions(order: Order, waiting: readonly Action[]): Order {
  const served = new Set(
    waiting.flatMap((action) => (action.kind === 'serve' && action.orderId === order.id ? action.itemIds : [])),
  );
  if (served.size === 0) return order;
  const items = order.items.map((item) => (served.has(item.itemId) ? { ...item, status: 'served' as const } : item));
  return { ...order, items };
}

const KINDS: Record<Action['kind'], readonly string[]> = {
  serve: ['orderId'],
  askCancel: ['orderId', 'reason'],
  pay: ['sessionId', 'method'],
  close: ['sessionId'],
  clean: ['tableId'],
  place: ['sessionId'],
};

const isText = (value: unknown): value is string => typeof value === 'string';

/** For what the browser has stored. */
export function isAction(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  if (!isText(fields['kind']) || !hasOwn(KINDS, fields['kind']) || typeof fields['at'] !== 'number') return false;
  const texts = KINDS[fields['kind'] as Action['kind']];
  if (![...texts, 'key', 'table'].every((name) => isText(fields[name]))) return false;
  if (fields['kind'] === 'serve') return Array.isArray(fields['itemIds']) && fields['itemIds'].every(isText);
  if (fields['kind'] === 'place') return Array.isArray(fields['items']);
  return fields['kind'] !== 'pay' || Number.isSafeInteger(fields['amount']);
}
