// What a cook can do to a ticket: the predicted result, the request to the service, and when it counts as done.

import type { ApiClient } from '../base/api/client';
import { moved, withoutCancelRequest, withItems, type Item, type Order, type Ticket, type TicketStatus } from './ticket';

export const ACTION_KINDS = [
  'acknowledge', 'start', 'ready', 'bump', 'recall', 'hold', 'fire', 'rush', 'strike', 'unstrike', 'accept', 'reject',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];
/** Those of a whole ticket. */
export type TicketActionKind = Exclude<ActionKind, 'strike' | 'unstrike' | 'accept' | 'reject'>;

/** As it waits in the offline queue until the service has answered. */
export interface Action {
  /** The idempotency key: the same on every try. */
  key: string;
  kind: ActionKind;
  ticketId: string;
  orderId: string;
  itemId?: string;
  /** With a rejection. */
  reason?: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** The response of the service: the whole ticket, or the whole order. */
export type ActionResult = { ticket: Ticket } | { order: Order };

interface Definition {
  /** The ticket as it is shown until the service has answered. */
  predict: (ticket: Ticket, action: Action) => Ticket;
  send: (api: ApiClient, action: Action) => Promise<ActionResult>;
  /** The `currentStatus` of a conflict that means "done already": by another display, or by an attempt whose response was lost. */
  isDoneAs?: string;
}

type TicketCall = '/v1/tickets/{id}/bump' | '/v1/tickets/{id}/recall' | '/v1/tickets/{id}/hold' | '/v1/tickets/{id}/fire' | '/v1/tickets/{id}/rush';

const call =
  (pattern: TicketCall): Definition['send'] =>
  async (api, { ticketId, key }) => ({
    ticket: await api.post(pattern, { path: { id: ticketId }, idempotencyKey: key, tries: 1 }),
  });

const move =
  (status: 'acknowledged' | 'preparing' | 'ready'): Definition['send'] =>
  async (api, { ticketId, key }) => ({
    ticket: await api.patch('/v1/tickets/{id}', { path: { id: ticketId }, body: { status }, idempotencyKey: key, tries: 1 }),
  });

const moveItem =
  (status: 'ready' | 'preparing'): Definition['send'] =>
  async (api, { orderId, itemId = '', key }) => ({
    order: await api.patch('/v1/orders/{id}/items/{itemId}', {
      path: { id: orderId, itemId },
      body: { status },
      idempotencyKey: key,
      tries: 1,
    }),
  });

const withItem = (ticket: Ticket, itemId: string | undefined, status: Item['status']): Ticket =>
  withItems(ticket, (item) => (item.itemId === itemId ? { ...item, status } : item));

export const ACTIONS: Record<ActionKind, Definition> = {
  acknowledge: {
    predict: (ticket) => moved(ticket, 'acknowledged'),
    send: move('acknowledged'),
    isDoneAs: 'acknowledged',
  },
  start: { predict: (ticket) => moved(ticket, 'preparing'), send: move('preparing'), isDoneAs: 'preparing' },
  ready: { predict: (ticket) => moved(ticket, 'ready'), send: move('ready'), isDoneAs: 'ready' },
  bump: { predict: (ticket) => moved(ticket, 'completed'), send: call('/v1/tickets/{id}/bump'), isDoneAs: 'completed' },
  recall: {
    predict: (ticket) => ({ ...ticket, status: ticket.status === 'completed' ? 'ready' : 'preparing' }),
    send: call('/v1/tickets/{id}/recall'),
  },
  hold: { predict: (ticket) => ({ ...ticket, isHeld: true }), send: call('/v1/tickets/{id}/hold') },
  fire: { predict: (ticket) => ({ ...ticket, isHeld: false }), send: call('/v1/tickets/{id}/fire') },
  rush: {
    predict: (ticket) => (ticket.priority === 'normal' ? { ...ticket, priority: 'express' } : ticket),
    send: call('/v1/tickets/{id}/rush'),
  },
  strike: { predict: (ticket, { itemId }) => withItem(ticket, itemId, 'ready'), send: moveItem('ready'), isDoneAs: 'ready' },
  unstrike: {
    predict: (ticket, { itemId }) => withItem(ticket, itemId, 'preparing'),
    send: moveItem('preparing'),
    isDoneAs: 'preparing',
  },
  accept: {
    predict: withoutCancelRequest,
    send: async (api, { orderId, ticketId, key }) => ({
      order: await api.post('/v1/orders/{id}/cancel-request/accept', {
        path: { id: orderId },
        body: { ticketId },
        idempotencyKey: key,
        tries: 1,
      }),
    }),
  },
  reject: {
    predict: withoutCancelRequest,
    send: async (api, { orderId, ticketId, reason = '', key }) => ({
      order: await api.post('/v1/orders/{id}/cancel-request/reject', {
        path: { id: orderId },
        body: { ticketId, reason },
        idempotencyKey: key,
        tries: 1,
      }),
    }),
  },
};

/** The one thing that a cook usually does next with such a ticket. */
export function nextAction(ticket: Ticket): TicketActionKind | undefined {
  if (ticket.isHeld) return 'fire';
  switch (ticket.status) {
    case 'pending':
    case 'acknowledged':
      return 'start';
    case 'preparing':
      return 'ready';
    case 'ready':
      return 'bump';
    default:
      return undefined;
  }
}

/** What is done now and then: has its button beside. */
export function sideAction(ticket: Ticket): TicketActionKind | undefined {
  if (ticket.isHeld) return undefined;
  const kinds: Partial<Record<TicketStatus, TicketActionKind>> = { pending: 'acknowledge', preparing: 'bump', ready: 'recall' };
  return kinds[ticket.status];
}

/** All that may be done with it, but for the two above. */
export function otherActions(ticket: Ticket): TicketActionKind[] {
  const isWaiting = ticket.status === 'pending' || ticket.status === 'acknowledged';
  const kinds: [TicketActionKind, boolean][] = [
    ['acknowledge', ticket.status === 'pending'],
    ['hold', isWaiting && !ticket.isHeld],
    ['rush', ticket.priority === 'normal'],
    ['bump', !ticket.isHeld],
  ];
  const shown = [nextAction(ticket), sideAction(ticket)];
  return kinds.filter(([kind, isPossible]) => isPossible && !shown.includes(kind)).map(([kind]) => kind);
}

export function mayDo(ticket: Ticket, kind: ActionKind): boolean {
  return [nextAction(ticket), sideAction(ticket), ...otherActions(ticket)].some((one) => one === kind);
}
