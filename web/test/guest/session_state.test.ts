import { describe, expect, it } from 'vitest';
import { installBrowser } from '../browser';
import { order, view } from './samples';
import { event } from '../kitchen/samples';
import type { Problem } from '../../src/base/api/error';

installBrowser();
const state = await import('../../src/guest/session_state');
const { qrTokenIn } = await import('../../src/guest/table_session');
const { isPendingRequest, isAlreadyRequested } = await import('../../src/guest/pending_requests');
const { ApiError } = await import('../../src/base/api/error');

describe('what events say at once', () => {
  const before = view([order('a'), order('b')]);

  it('is a status, of an order or of one line', () => {
    const moved = state.withEvent(before, event('order:status_changed', { orderId: 'a', status: 'ready' }));
    expect(moved.orders.map(({ status }) => status)).toEqual(['ready', 'pending']);
    const item = state.withEvent(before, event('order:item_status_changed', { orderId: 'b', itemId: 'b-1', status: 'preparing' }));
    expect(item.orders[1]!.items[0]!.status).toBe('preparing');
  });

  it('is nothing where they speak of what is not known', () => {
    for (const fields of [{ orderId: 'a', status: 'exploded' }, { orderId: 'z', status: 'ready' }, {}]) {
      expect(state.withEvent(before, event('order:status_changed', fields)).orders).toEqual(before.orders);
    }
    expect(state.isKnown(event('order:teleported', {}))).toBe(false);
  });

  it('is a payment, counted once', () => {
    const due = view([order('a')]);
    const paid = state.withEvent(due, event('payment:completed', { paymentId: 'p', amount: 190 }));
    expect(paid.bill).toMatchObject({ paidAmount: 190, outstandingAmount: 1000 });
    const payment = { id: 'p' } as unknown as (typeof due.payments)[number];
    const counted = view([order('a')], { payments: [payment] });
    expect(state.withEvent(counted, event('payment:completed', { paymentId: 'p', amount: 190 })).bill).toEqual(counted.bill);
  });

  it('is that the session is over', () => {
    expect(state.withEvent(before, event('session:closed', {})).session.status).toBe('closed');
  });
});

describe('an order that was just answered', () => {
  it('is shown, unless a newer one is', () => {
    const shown = view([order('a', { version: 3 })]);
    expect(state.withOrder(shown, order('a', { version: 2 }))).toBe(shown);
    expect(state.withOrder(shown, order('b')).orders.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(state.ordersOf(view([order('a'), order('b', { orderNumber: 2 })])).map(({ id }) => id)).toEqual(['b', 'a']);
  });
});

describe('what came of a cancel request', () => {
  it('is the latest one', () => {
    let outcomes: import('../../src/guest/session_state').Outcomes = {};
    for (const [type, reason] of [['order:cancel_request', 'late'], ['kitchen:cancel_rejected', 'fried'], ['order:created', '']] as const) {
      outcomes = state.withOutcome(outcomes, event(type, { orderId: 'a', reason }));
    }
    expect(outcomes).toEqual({ a: { kind: 'rejected', reason: 'fried' } });
    expect(state.withOutcome(outcomes, event('order:cancelled', { orderId: 'a', reason: 'sold out' }))['a']).toEqual({ kind: 'cancelled', reason: 'sold out' });
    expect(state.isOutcomes(outcomes)).toBe(true);
    for (const wrong of [null, 7, { a: null }, { a: { kind: 'x', reason: '' } }]) expect(state.isOutcomes(wrong)).toBe(false);
  });
});

describe('a bill', () => {
  it('joins the same at the same price, without what was cancelled', () => {
    const dearer = { ...order('c').items[0]!, unitPrice: 600 };
    const struck = { ...order('c').items[0]!, status: 'cancelled' as const };
    const lines = state.billLines(view([order('a'), order('b', { status: 'cancelled' }), order('c', { items: [dearer, struck] }), order('d')]));
    expect(lines).toEqual([
      { name: 'Soup', unitPrice: 500, quantity: 4 },
      { name: 'Soup', unitPrice: 600, quantity: 2 },
    ]);
  });
});

describe('an address', () => {
  it('holds a table’s code, or none', () => {
    expect(['/t/abc', '/t/a%20b', '/t', '/t/', '/t/a/b', '/kitchen', '/t/%E0'].map(qrTokenIn)).toEqual([
      'abc', 'a b', undefined, undefined, undefined, undefined, '%E0',
    ]);
  });
});

describe('a pending request', () => {
  it('is believed from the store only if it is one', () => {
    expect(isPendingRequest({ key: 'k', at: 1, kind: 'order', body: { items: [] } })).toBe(true);
    expect(isPendingRequest({ key: 'k', at: 1, kind: 'cancel', orderId: 'o', reason: 'r' })).toBe(true);
    for (const wrong of [null, { key: 'k', at: 1, kind: 'order' }, { key: 'k', kind: 'cancel', orderId: 'o', reason: 'r' }, { key: 'k', at: 1, kind: 'dance' }]) {
      expect(isPendingRequest(wrong)).toBe(false);
    }
  });

  it('to cancel is done when another has requested it before', () => {
    const refusal = (code: Problem['code']) => new ApiError('problem', 409, { type: 'about:blank', title: '', status: 409, detail: '', code, requestId: '' });
    const request = { key: 'k', at: 1, kind: 'cancel' as const, orderId: 'o', reason: 'r' };
    expect(isAlreadyRequested(request, refusal('cancel_already_requested'))).toBe(true);
    expect(isAlreadyRequested(request, refusal('status_conflict'))).toBe(false);
  });
});
