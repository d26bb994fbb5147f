import { describe, expect, it } from 'vitest';
import { applyEvent } from '../../src/kitchen/board_events';
import { concernsStation } from '../../src/kitchen/station_filter';
import type { BoardState } from '../../src/kitchen/board';
import { boardWith, event, ticket } from './samples';

const state = boardWith(ticket('a'), ticket('b', { orderId: 'order-a', stationId: 'bar' }), ticket('c', { stationId: 'bar' }));

function rings(stationId: string | undefined, type: string, fields: object, before: BoardState = state): boolean {
  const one = event(type, fields);
  return concernsStation(one, stationId, before, applyEvent(before, one).state);
}

describe('a display of one station', () => {
  it('rings for new lines of its own', () => {
    const items = [{ itemId: 'x', stationId: 'bar' }];
    expect(rings('bar', 'order:created', { orderId: 'new', items })).toBe(true);
    expect(rings('grill', 'order:created', { orderId: 'new', items })).toBe(false);
    expect(rings(undefined, 'order:created', { orderId: 'new', items })).toBe(true);
  });

  it('rings for its own tickets, and orders with one', () => {
    expect(rings('grill', 'kitchen:priority_changed', { ticketId: 'c', orderId: 'order-c' })).toBe(false);
    expect(rings('grill', 'order:cancelled', { orderId: 'order-a' })).toBe(true);
    expect(rings('grill', 'order:cancelled', { orderId: 'order-c' })).toBe(false);
    expect(rings('grill', 'order:item_status_changed', { orderId: 'order-a', itemId: 'b-1', status: 'cancelled' })).toBe(false);
  });

  it('rings for a ticket that is taken from it, and where it goes', () => {
    const moved = { ticketId: 'a', orderId: 'order-a', stationId: 'bar', stationName: 'Bar' };
    expect(rings('grill', 'kitchen:station_assigned', moved)).toBe(true);
    expect(rings('bar', 'kitchen:station_assigned', moved)).toBe(true);
  });

  it('rings for an event of no known ticket', () => {
    expect(rings('grill', 'kitchen:order_recalled', { ticketId: 'unknown', orderId: 'unknown' })).toBe(true);
  });
});
