import { describe, expect, it } from 'vitest';
import { ageLevel } from '../../src/kitchen/age';
import { mayDo, nextAction, type Action, type ActionKind } from '../../src/kitchen/actions';
import { allDay, arrange, stationOf } from '../../src/kitchen/arrange';
import { applyEvent } from '../../src/kitchen/board_events';
import { boardWith, event, item, ticket } from './samples';

const action = (kind: ActionKind, ticketId: string, more: Partial<Action> = {}): Action => {
  return { key: `${kind}-${ticketId}`, kind, ticketId, orderId: `order-${ticketId}`, at: 0, ...more };
};
const ids = (columns: ReturnType<typeof arrange>) => columns.map(({ tickets }) => tickets.map((one) => one.ticket.id));

describe('columns', () => {
  const state = boardWith(
    ticket('old', { createdAt: '2026-01-01T09:00:00.000Z' }),
    ticket('young', { createdAt: '2026-01-01T11:00:00.000Z' }),
    ticket('rushed', { createdAt: '2026-01-01T12:00:00.000Z', priority: 'express' }),
    ticket('taken', { status: 'acknowledged', createdAt: '2026-01-01T10:00:00.000Z', stationId: 'bar' }),
    ticket('cooking', { status: 'preparing' }),
    ticket('done', { status: 'ready' }),
  );

  it('by status: the urgent first, then the oldest, numbered through', () => {
    const columns = arrange(state, [], 'status', undefined);
    expect(ids(columns)).toEqual([['rushed', 'old', 'taken', 'young'], ['cooking'], ['done']]);
    expect(columns.flatMap(({ tickets }) => tickets.map(({ position }) => position))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('by station, and what has none apart', () => {
    const { stationId: _, ...homeless } = ticket('homeless');
    const columns = arrange({ ...state, tickets: new Map(state.tickets).set('homeless', homeless) }, [], 'station', undefined);
    expect(columns.map(({ key }) => key)).toEqual(['bar', 'grill', 'none']);
    expect(ids(columns)[2]).toEqual(['homeless']);
    expect(ids(arrange(state, [], 'station', 'bar'))).toEqual([['taken']]);
  });

  it('of all stations when the wanted one is of another branch', () => {
    expect(ids(arrange(state, [], 'status', 'elsewhere'))).toEqual(ids(arrange(state, [], 'status', undefined)));
    expect(stationOf(state, 'elsewhere')).toBeUndefined();
  });

  it('shows at once what is still waiting to be sent', () => {
    const waiting = [action('start', 'old'), action('bump', 'done'), action('strike', 'young', { itemId: 'young-1' })];
    const columns = arrange(state, waiting, 'status', undefined);
    expect(ids(columns)).toEqual([['rushed', 'taken', 'young'], ['old', 'cooking'], []]);
    const young = columns[0]?.tickets[2];
    expect(young?.isWaiting).toBe(true);
    expect(young?.ticket.items.map(({ status }) => status)).toEqual(['ready', 'pending']);
  });

  it('brings a bumped ticket back before the service has answered', () => {
    const bumped = applyEvent(state, event('kitchen:order_completed', { ticketId: 'done' })).state;
    expect(ids(arrange(bumped, [action('recall', 'done')], 'status', undefined))[2]).toEqual(['done']);
  });

  it('puts a cancelled ticket in front until it is confirmed', () => {
    const cancelled = applyEvent(state, event('order:cancelled', { orderId: 'order-young' })).state;
    const [first] = arrange(cancelled, [], 'status', undefined)[0]?.tickets ?? [];
    expect([first?.ticket.id, first?.isGone]).toEqual(['young', true]);
  });
});

describe('all day', () => {
  it('sums what is still to be made', () => {
    const burger = { menuItemId: 'burger', name: 'Burger' };
    const state = boardWith(
      ticket('a', { items: [item('1', { ...burger, quantity: 2 }), item('2', { ...burger, status: 'ready' })] }),
      ticket('b', { items: [item('3', { ...burger, quantity: 3, status: 'preparing' }), item('4', { ...burger, status: 'cancelled' })] }),
      ticket('c', { items: [item('5', { menuItemId: 'soup', name: 'Soup' })] }),
    );
    const lines = allDay(arrange(state, [], 'status', undefined));
    expect(lines.map(({ name, quantity }) => [name, quantity])).toEqual([['Burger', 5], ['Soup', 1]]);
  });
});

describe('what may be done', () => {
  it.each([
    [{}, 'start'],
    [{ status: 'acknowledged' }, 'start'],
    [{ status: 'preparing' }, 'ready'],
    [{ status: 'ready' }, 'bump'],
    [{ isHeld: true }, 'fire'],
  ] as const)('with %j next is %s', (more, next) => {
    expect(nextAction(ticket('a', more))).toBe(next);
  });

  it('never what the service would refuse', () => {
    expect(mayDo(ticket('a', { isHeld: true }), 'bump')).toBe(false);
    expect(mayDo(ticket('a', { status: 'preparing' }), 'hold')).toBe(false);
    expect(mayDo(ticket('a', { status: 'ready' }), 'recall')).toBe(true);
  });
});

describe('the colour of time', () => {
  it.each([[0, 'fresh'], [59_999, 'fresh'], [60_000, 'warn'], [119_999, 'warn'], [120_000, 'late']] as const)('%i ms is %s', (ms, level) => {
    expect(ageLevel(ms, { warnSeconds: 60, lateSeconds: 120 })).toBe(level);
  });
});
