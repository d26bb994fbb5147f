// Applies pushed events to the board.

import { hasOwn } from '../base/json';
import { eventText, type PushedEvent } from '../base/realtime/event';
import { bumped, cancelled, withChange, withoutPushed, type Applied, type BoardState, type Cue } from './board';
import { withTicketNamed } from './pushed_orders';
import { isLive, moved, withoutCancelRequest, withItems, type Item, type Ticket } from './ticket';

type Rule = (state: BoardState, event: PushedEvent) => Applied;

/** Events that carry nothing the board shows. */
const IGNORED_TYPES = new Set(['kitchen:stats_update', 'realtime:provider_changed']);

const RULES: Record<string, Rule> = {
  'order:created': (state, event) => ({ state, cue: 'created', reread: orderIn(event) }),
  'order:items_added': (state, event) => ({ state, cue: 'changed', reread: orderIn(event, addedIn(event)) }),
  'order:confirmed': (state) => ({ state }),
  'order:status_changed': orderMoved,
  'order:item_status_changed': itemMoved,
  'order:cancel_request': (state, event) => ({ state: eachOf(state, event, (ticket) => withCancelRequest(ticket, event)), cue: 'changed' }),
  'order:cancelled': orderCancelled,
  'kitchen:order_acknowledged': onTicket((ticket, event) => ({
    ...ticket,
    status: 'acknowledged',
    chefId: eventText(event, 'chefId'),
    chefName: eventText(event, 'chefName'),
    acknowledgedAt: event.occurredAt,
  })),
  'kitchen:order_preparing': onTicket((ticket, event) => ({ ...moved(ticket, 'preparing'), startedAt: event.occurredAt })),
  'kitchen:order_ready': onTicket((ticket, event) => ({ ...moved(ticket, 'ready'), readyAt: event.occurredAt })),
  'kitchen:order_completed': ticketCompleted,
  'kitchen:order_recalled': ticketRecalled,
  'kitchen:order_held': onTicket((ticket) => ({ ...ticket, isHeld: true })),
  'kitchen:order_fired': onTicket((ticket) => ({ ...ticket, isHeld: false })),
  'kitchen:cancel_accepted': (state, event) => ({ state: eachOf(state, event, withoutCancelRequest) }),
  'kitchen:cancel_rejected': (state, event) => ({ state: eachOf(state, event, withoutCancelRequest) }),
  'kitchen:priority_changed': onTicket((ticket, event) => ({ ...ticket, priority: priorityIn(event) }), 'changed'),
  'kitchen:station_assigned': stationAssigned,
};

export function applyEvent(state: BoardState, event: PushedEvent): Applied {
  if (IGNORED_TYPES.has(event.type)) return { state };
  const rule = hasOwn(RULES, event.type) ? RULES[event.type] : undefined;
  if (!rule) return { state, isUnknown: true };
  if (event['truncated'] === true) return { state, reread: orderIn(event) };
  return rule(withTicketNamed(state, event), event);
}

function orderIn(event: PushedEvent, added: string[] = []) {
  return { orderId: eventText(event, 'orderId'), added };
}

function addedIn(event: PushedEvent): string[] {
  const items = Array.isArray(event['items']) ? (event['items'] as unknown[]) : [];
  return items.flatMap((item) => {
    const { itemId } = (item ?? {}) as { itemId?: unknown };
    return typeof itemId === 'string' ? [itemId] : [];
  });
}

function priorityIn(event: PushedEvent): Ticket['priority'] {
  const label = eventText(event, 'priority');
  return label === 'vip' || label === 'express' ? label : 'normal';
}

/** One open ticket changes; one that is not known is read with its order. */
function onTicket(change: (ticket: Ticket, event: PushedEvent) => Ticket, cue?: Cue): Rule {
  return (state, event) => {
    const ticket = state.tickets.get(eventText(event, 'ticketId'));
    if (!ticket) return { state, reread: orderIn(event) };
    const tickets = new Map(state.tickets).set(ticket.id, change(ticket, event));
    return cue ? { state: { ...state, tickets }, cue } : { state: { ...state, tickets } };
  };
}

/** Every open ticket of the event's order changes. */
function eachOf(state: BoardState, event: PushedEvent, change: (ticket: Ticket) => Ticket): BoardState {
  const orderId = eventText(event, 'orderId');
  const tickets = new Map(state.tickets);
  for (const ticket of state.tickets.values()) {
    if (ticket.orderId === orderId) tickets.set(ticket.id, change(ticket));
  }
  return { ...state, tickets };
}

function orderMoved(state: BoardState, event: PushedEvent): Applied {
  const status = eventText(event, 'status');
  const isOver = status === 'served' || status === 'completed';
  // Several tickets that were drawn from one event cannot be told apart: with the order they go.
  const before = isOver ? withoutPushed(state, eventText(event, 'orderId')) : state;
  return { state: eachOf(before, event, (ticket) => withOrderStatus(ticket, status)) };
}

/** An order that is served or over has no open cancel request. */
function withOrderStatus(ticket: Ticket, label: string): Ticket {
  const orderStatus = label as Ticket['orderStatus'];
  const isOver = label === 'served' || label === 'completed' || label === 'cancelled';
  return isOver ? { ...withoutCancelRequest(ticket), orderStatus } : { ...ticket, orderStatus };
}

function withCancelRequest(ticket: Ticket, event: PushedEvent): Ticket {
  const staffId = eventText(event, 'staffId');
  const request = { reason: eventText(event, 'reason'), requestedAt: event.occurredAt };
  return { ...ticket, cancelRequest: staffId ? { ...request, staffId } : request };
}

function itemMoved(state: BoardState, event: PushedEvent): Applied {
  const itemId = eventText(event, 'itemId');
  const status = eventText(event, 'status') as Item['status'];
  const ticket = [...state.tickets.values()].find(({ items }) => items.some((item) => item.itemId === itemId));
  if (!ticket) return { state };
  const after = withItems(ticket, (item) => (item.itemId === itemId ? { ...item, status } : item));
  const next = { ...state, tickets: new Map(state.tickets).set(ticket.id, after) };
  if (status !== 'cancelled') return { state: next };
  // With its last line the ticket is cancelled too; the service sends no event of its own for that.
  if (!after.items.some(isLive)) return { state: cancelled(next, after), cue: 'cancelled' };
  return { state: withChange(next, ticket.id, { kind: 'itemCancelled', itemId }), cue: 'changed' };
}

function orderCancelled(state: BoardState, event: PushedEvent): Applied {
  const orderId = eventText(event, 'orderId');
  let next = state;
  for (const ticket of state.tickets.values()) {
    if (ticket.orderId === orderId) next = cancelled(next, withoutCancelRequest(ticket));
  }
  return next === state ? { state } : { state: next, cue: 'cancelled' };
}

function ticketCompleted(state: BoardState, event: PushedEvent): Applied {
  const ticket = state.tickets.get(eventText(event, 'ticketId'));
  if (!ticket) return { state };
  return { state: bumped(state, { ...moved(ticket, 'completed'), completedAt: event.occurredAt }) };
}

function ticketRecalled(state: BoardState, event: PushedEvent): Applied {
  const id = eventText(event, 'ticketId');
  const ticket = state.tickets.get(id) ?? state.done.find((one) => one.id === id);
  if (!ticket) return { state, cue: 'changed', reread: orderIn(event) };
  const status = eventText(event, 'status') === 'preparing' ? 'preparing' : 'ready';
  const back = withItems(ticket, (item) =>
    status === 'preparing' && item.status === 'ready' ? { ...item, status: 'preparing' } : item,
  );
  const { completedAt: _, ...open } = back;
  const tickets = new Map(state.tickets).set(id, { ...open, status });
  const done = state.done.filter((one) => one.id !== id);
  return { state: withChange({ ...state, tickets, done }, id, { kind: 'recalled' }), cue: 'changed' };
}

function stationAssigned(state: BoardState, event: PushedEvent): Applied {
  const ticket = state.tickets.get(eventText(event, 'ticketId'));
  if (!ticket) return { state, reread: orderIn(event) };
  const stationId = eventText(event, 'stationId');
  const after = {
    ...withItems(ticket, (item) => ({ ...item, stationId })),
    stationId,
    stationName: eventText(event, 'stationName'),
  };
  const tickets = new Map(state.tickets).set(ticket.id, after);
  return { state: withChange({ ...state, tickets }, ticket.id, { kind: 'moved' }), cue: 'changed' };
}
