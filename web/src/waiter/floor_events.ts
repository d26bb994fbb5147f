// Applies pushed events to the floor. An event of an order only causes a read of the order: the response has everything.
// Tables, sessions and payments are ordered by the tables channel, orders by the waiters channel; events that are sent on
// both are taken from the tables channel.

import { hasOwn } from '../base/json';
import { eventText, type PushedEvent } from '../base/realtime/event';
import { withAlarm, withOutcome, withoutSession, withSession, withTable, type FloorState } from './floor';

export interface Applied {
  state: FloorState;
  /** This order is to be read. */
  orderId?: string;
  /** The event names what this page does not know: the whole floor is to be read. */
  isUnclear?: boolean;
  /** Not an event that a floor knows. */
  isUnknown?: boolean;
}

type Rule = (state: FloorState, event: PushedEvent) => Applied;

const TABLE_RULES: Record<string, Rule> = {
  'table:updated': tableUpdated,
  'session:opened': (state, event) => {
    const [id, tableId] = [eventText(event, 'sessionId'), eventText(event, 'tableId')];
    return { state: seated(withSession(state, { id, tableId, openedAt: event.occurredAt, paid: 0 }), tableId, id) };
  },
  'session:closed': (state, event) => {
    const next = withoutSession(state, eventText(event, 'sessionId'));
    return { state: seated(next, eventText(event, 'tableId'), undefined) };
  },
  'payment:completed': (state, event) => {
    const session = state.sessions.get(eventText(event, 'sessionId'));
    const amount = Number(event['amount']);
    if (!session || !Number.isFinite(amount)) return { state };
    return { state: withSession(state, { ...session, paid: session.paid + amount }) };
  },
};

const readOrder: Rule = (state, event) => ({ state, orderId: eventText(event, 'orderId') });

const WAITER_RULES: Record<string, Rule> = {
  'order:created': readOrder,
  'order:confirmed': readOrder,
  'order:status_changed': readOrder,
  'order:items_added': readOrder,
  'order:item_status_changed': readOrder,
  'order:cancel_request': readOrder,
  'order:cancelled': readOrder,
  'kitchen:order_acknowledged': readOrder,
  'kitchen:order_preparing': readOrder,
  'kitchen:order_ready': readOrder,
  'kitchen:order_completed': readOrder,
  'kitchen:order_recalled': readOrder,
  'kitchen:order_held': readOrder,
  'kitchen:order_fired': readOrder,
  'kitchen:cancel_accepted': (state, event) => decided(state, event, 'accepted'),
  'kitchen:cancel_rejected': (state, event) => decided(state, event, 'rejected'),
  'kitchen:unattended': (state, event) => {
    const orderId = eventText(event, 'orderId');
    const since = eventText(event, 'since') || event.occurredAt;
    return { state: withAlarm(state, { orderId, reason: eventText(event, 'reason'), since }), orderId };
  },
};

/** Sent on the tables channel too, where they are applied. */
const ALSO_ON_TABLES_CHANNEL = new Set([...Object.keys(TABLE_RULES), 'realtime:provider_changed']);

export function applyEvent(state: FloorState, channel: string, event: PushedEvent): Applied {
  const isOfTables = channel.startsWith('tables:');
  const rules = isOfTables ? TABLE_RULES : WAITER_RULES;
  const rule = hasOwn(rules, event.type) ? rules[event.type] : undefined;
  if (rule) return rule(state, event);
  return !isOfTables && ALSO_ON_TABLES_CHANNEL.has(event.type) ? { state } : { state, isUnknown: true };
}

function tableUpdated(state: FloorState, event: PushedEvent): Applied {
  const known = state.tables.get(eventText(event, 'tableId'));
  const areaId = eventText(event, 'areaId');
  const beside = [...state.tables.values()].find((table) => table.areaId === areaId);
  if (!known || !beside) return { state, isUnclear: true };
  const { sessionId: _, ...rest } = known;
  const number = eventText(event, 'tableNumber');
  const sessionId = eventText(event, 'sessionId');
  const status = asStatus(eventText(event, 'status')) ?? known.status;
  const table = { ...rest, number, areaId, area: beside.area, table: `${beside.area} - ${number}`, status };
  return { state: withTable(state, sessionId === '' ? table : { ...table, sessionId }) };
}

function asStatus(label: string): 'free' | 'occupied' | 'needs-cleaning' | undefined {
  return label === 'free' || label === 'occupied' || label === 'needs-cleaning' ? label : undefined;
}

function seated(state: FloorState, tableId: string, sessionId: string | undefined): FloorState {
  const table = state.tables.get(tableId);
  if (!table) return state;
  const { sessionId: _, ...rest } = table;
  if (sessionId !== undefined) return withTable(state, { ...rest, sessionId, status: 'occupied' });
  return withTable(state, { ...rest, status: table.status === 'occupied' ? 'needs-cleaning' : table.status });
}

function decided(state: FloorState, event: PushedEvent, kind: 'accepted' | 'rejected'): Applied {
  const orderId = eventText(event, 'orderId');
  if (!state.orders.has(orderId)) return { state, orderId };
  return { state: withOutcome(state, orderId, { kind, reason: eventText(event, 'reason') }), orderId };
}
