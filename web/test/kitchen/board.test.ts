import { describe, expect, it } from 'vitest';
import { boardOf, confirmed, DONE_MAX, withOrder, withTicket, type BoardState } from '../../src/kitchen/board';
import { applyEvent } from '../../src/kitchen/board_events';
import { isPushed } from '../../src/kitchen/ticket';
import { withPushed } from '../../src/kitchen/pushed_orders';
import { boardWith, event, item, order, ticket } from './samples';

const one = () => boardWith(ticket('a'));
const onA = { ticketId: 'a', orderId: 'order-a', tableId: 'table' };
const shown = (state: BoardState) => state.tickets.get('a');
const applied = (state: BoardState, type: string, fields: object = {}) => applyEvent(state, event(type, fields));
const after = (state: BoardState, type: string, fields: object = {}) => applied(state, type, fields).state;

describe('an order that only its event tells of', () => {
  const grill = { id: 'grill', name: 'Grill' };
  const created = event('order:created', {
    orderId: 'o', orderNumber: 12, tableId: 't', table: 'Terrace - T5', note: 'quick', status: 'pending',
    items: [item('1', { stationId: 'grill' }), item('2', { stationId: 'bar' }), item('3', { stationId: 'grill' })],
  });
  const told = withPushed({ ...boardWith(), stations: [grill] }, created, 'branch');
  const tickets = [...told.tickets.values()];

  it('is drawn as one ticket for each station, and can only be looked at', () => {
    expect(tickets.map(({ items }) => items.map(({ itemId }) => itemId))).toEqual([['1', '3'], ['2']]);
    expect(tickets[0]).toMatchObject({ orderNumber: 12, table: 'Terrace - T5', stationName: 'Grill', orderNote: 'quick', status: 'pending' });
    expect(tickets.every(({ id }) => isPushed(id))).toBe(true);
    expect(isPushed(ticket('a').id)).toBe(false);
    expect(withPushed(told, created, 'branch').tickets.size).toBe(2);
  });

  it('gives way to the order once it is read', () => {
    const read = withOrder(told, order([ticket('a', { orderId: 'o' })], { id: 'o' }));
    expect([...read.tickets.keys()]).toEqual(['a']);
  });

  it('takes the name of its ticket from the first event of it, and moves with it', () => {
    const alone = withPushed(boardWith(), event('order:created', { ...created, items: [item('1')] }), 'branch');
    const moved = after(alone, 'kitchen:order_acknowledged', { ticketId: 'real', orderId: 'o', chefId: 'c', chefName: 'Ana' });
    expect(moved.tickets.get('real')).toMatchObject({ status: 'acknowledged', chefName: 'Ana' });
    expect(moved.tickets.size).toBe(1);
    expect(after(moved, 'kitchen:order_completed', { ticketId: 'real', orderId: 'o' }).tickets.size).toBe(0);
  });

  it('goes with its order', () => {
    expect(after(told, 'order:status_changed', { orderId: 'o', status: 'completed' }).tickets.size).toBe(0);
    expect(after(told, 'order:cancelled', { orderId: 'o' }).tickets.size).toBe(0);
  });

  it('shows what is added later as added', () => {
    const more = event('order:items_added', { orderId: 'order-a', orderNumber: 7, table: 'Terrace - T5', items: [item('9', { stationId: 'grill' })] });
    const state = withPushed(one(), more, 'branch');
    expect(state.tickets.size).toBe(2);
    expect([...state.changes.values()]).toEqual([[{ kind: 'added' }]]);
  });
});

describe('events on the board', () => {
  it.each([
    ['kitchen:order_acknowledged', { ...onA, chefId: 'c', chefName: 'Ana' }, { status: 'acknowledged', chefName: 'Ana' }],
    ['kitchen:order_preparing', onA, { status: 'preparing' }],
    ['kitchen:order_ready', onA, { status: 'ready' }],
    ['kitchen:order_held', onA, { isHeld: true }],
    ['kitchen:priority_changed', { ...onA, priority: 'vip' }, { priority: 'vip' }],
    ['kitchen:station_assigned', { ...onA, stationId: 'bar', stationName: 'Bar' }, { stationId: 'bar', stationName: 'Bar' }],
    ['order:cancel_request', { orderId: 'order-a', reason: 'gone' }, { cancelRequest: { reason: 'gone', requestedAt: '2026-01-01T10:01:00.000Z' } }],
    ['order:status_changed', { orderId: 'order-a', status: 'confirmed' }, { orderStatus: 'confirmed' }],
  ])('%s', (type, fields, expected) => {
    expect(shown(after(one(), type, fields))).toMatchObject(expected);
  });

  it('has lines follow their ticket, but not those that are further or cancelled', () => {
    const items = [item('1'), item('2', { status: 'served' }), item('3', { status: 'cancelled' })];
    const state = after(boardWith(ticket('a', { items })), 'kitchen:order_ready', onA);
    expect(shown(state)?.items.map(({ status }) => status)).toEqual(['ready', 'served', 'cancelled']);
  });

  it.each(['order:created', 'kitchen:order_preparing'])('reads the order after %s, which does not carry everything', (type) => {
    const { reread, state } = applied(one(), type, { orderId: 'new', ticketId: 'unknown' });
    expect(reread).toEqual({ orderId: 'new', added: [] });
    expect(state.tickets.size).toBe(1);
  });

  it('has an order read whose event was cut', () => {
    const { reread, cue } = applied(one(), 'kitchen:order_ready', { ...onA, truncated: true });
    expect(reread?.orderId).toBe('order-a');
    expect(cue).toBeUndefined();
  });

  it('strikes out one line, and says which was cancelled', () => {
    const ready = after(one(), 'order:item_status_changed', { orderId: 'order-a', itemId: 'a-1', status: 'ready' });
    expect(shown(ready)?.items[0]?.status).toBe('ready');
    expect(ready.changes.size).toBe(0);
    const { state, cue } = applied(one(), 'order:item_status_changed', { orderId: 'order-a', itemId: 'a-2', status: 'cancelled' });
    expect(state.changes.get('a')).toEqual([{ kind: 'itemCancelled', itemId: 'a-2' }]);
    expect(cue).toBe('changed');
  });

  it('cancels the ticket whose last line is cancelled', () => {
    const state = boardWith(ticket('a', { items: [item('x'), item('y', { status: 'cancelled' })] }));
    const { state: next, cue } = applied(state, 'order:item_status_changed', { orderId: 'order-a', itemId: 'x', status: 'cancelled' });
    expect(next.tickets.size).toBe(0);
    expect(next.gone.has('a')).toBe(true);
    expect(cue).toBe('cancelled');
  });

  it('shows a cancelled order until it is confirmed', () => {
    const state = boardWith(ticket('a'), ticket('b', { orderId: 'order-a' }), ticket('c'));
    const { state: next, cue } = applied(state, 'order:cancelled', { orderId: 'order-a', reason: 'guests left' });
    expect(cue).toBe('cancelled');
    expect([...next.tickets.keys()]).toEqual(['c']);
    expect([...next.gone.keys()]).toEqual(['a', 'b']);
    const seen = confirmed(next, 'a');
    expect([...seen.gone.keys()]).toEqual(['b']);
    expect([...seen.changes.keys()]).toEqual(['b']);
    expect(applied(seen, 'order:cancelled', { orderId: 'order-a' }).cue).toBeUndefined();
  });

  it('moves a bumped ticket to what can be recalled, and back', () => {
    const bumped = after(one(), 'kitchen:order_completed', onA);
    expect(bumped.tickets.size).toBe(0);
    expect(bumped.done.map(({ id, status }) => [id, status])).toEqual([['a', 'completed']]);
    const { state, cue } = applied(bumped, 'kitchen:order_recalled', { ...onA, status: 'ready' });
    expect(shown(state)?.status).toBe('ready');
    expect(state.done).toEqual([]);
    expect(state.changes.get('a')).toEqual([{ kind: 'recalled' }]);
    expect(cue).toBe('changed');
  });

  it('ends a cancel request with its answer, and with the end of the order', () => {
    const asked = after(one(), 'order:cancel_request', { orderId: 'order-a', reason: 'r' });
    for (const [type, fields] of [
      ['kitchen:cancel_rejected', { reason: 'no' }],
      ['kitchen:cancel_accepted', {}],
      ['order:status_changed', { status: 'served' }],
    ] as const) {
      expect(shown(after(asked, type, { orderId: 'order-a', ...fields }))?.cancelRequest).toBeUndefined();
    }
  });

  it('counts events that it does not know, and changes nothing', () => {
    const state = one();
    expect(applied(state, 'kitchen:on_fire', onA)).toEqual({ state, isUnknown: true });
    expect(applied(state, 'kitchen:stats_update', { pending: 1 })).toEqual({ state });
  });
});

describe('the truth of a whole order', () => {
  it('shows its open tickets, marks those that came later, and drops the rest', () => {
    const early = ticket('a');
    const late = ticket('b', { orderId: 'order-a', items: [item('late')] });
    const state = withOrder(boardWith(early), order([{ ...early, status: 'completed' }, late]), ['late']);
    expect([...state.tickets.keys()]).toEqual(['b']);
    expect(state.changes.get('b')).toEqual([{ kind: 'added' }]);
    expect(state.done.map(({ id }) => id)).toEqual(['a']);
  });

  it('does not show as cancelled what was never shown', () => {
    expect(withTicket(boardWith(), ticket('z', { status: 'cancelled' })).gone.size).toBe(0);
  });
});

describe('the board over a long day', () => {
  it('does not grow', () => {
    let state = boardWith();
    for (let i = 0; i < 500; i++) {
      const id = `t${i}`;
      state = withOrder(state, order([ticket(id)]), [`${id}-1`]);
      const fields = { ticketId: id, orderId: `order-${id}` };
      state = after(state, i % 3 === 0 ? 'order:cancelled' : 'kitchen:order_completed', fields);
    }
    expect(state.tickets.size).toBe(0);
    expect(state.done.length).toBe(DONE_MAX);
    expect(state.gone.size).toBeLessThanOrEqual(50);
    expect(state.changes.size).toBeLessThanOrEqual(50);
  });

  it('keeps what is not confirmed over a rereading', () => {
    const cancelled = after(one(), 'order:cancelled', { orderId: 'order-a' });
    const ticketAges = { warnSeconds: 1, lateSeconds: 2 };
    const document = { branchId: 'branch', asOf: '', epoch: 'e1', seq: {}, ticketAges, stations: [{ stationId: 'grill', name: 'Grill', tickets: [ticket('n')] }] };
    const state = boardOf(document, cancelled);
    expect([...state.tickets.keys()]).toEqual(['n']);
    expect([...state.gone.keys()]).toEqual(['a']);
    expect(state.stations).toEqual([{ id: 'grill', name: 'Grill' }]);
  });
});
