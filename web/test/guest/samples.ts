import type { Order } from '../../src/guest/pending_requests';
import type { Menu } from '../../src/guest/menu';
import type { SessionView } from '../../src/guest/session_state';

export const MENU: Menu = {
  branchId: 'b',
  branchName: 'Harbor',
  currency: 'EUR',
  taxRateBp: 1900,
  items: [
    { id: 'bread', name: 'Bread', price: 150, available: true, position: 0 },
    { id: 'soup', name: 'Soup', price: 500, available: true, category: 'Starters', position: 1 },
    { id: 'steak', name: 'Steak', price: 2690, available: true, category: 'Mains', position: 2 },
    { id: 'salad', name: 'Salad', price: 900, available: true, category: 'Starters', position: 3 },
  ],
};

export function order(id: string, more: Partial<Order> = {}): Order {
  return {
    id,
    orderNumber: 1,
    branchId: 'b',
    sessionId: 's',
    tableId: 't',
    tableNumber: 'T1',
    table: 'Terrace - T1',
    status: 'pending',
    itemCount: 1,
    items: [{ itemId: `${id}-1`, menuItemId: 'soup', name: 'Soup', quantity: 2, unitPrice: 500, status: 'pending' }],
    tickets: [],
    totalAmount: 1000,
    finalAmount: 1190,
    currency: 'EUR',
    version: 1,
    createdAt: '2026-11-21T12:00:00.000Z',
    updatedAt: '2026-11-21T12:00:00.000Z',
    ...more,
  };
}

export function view(orders: Order[] = [], more: Partial<SessionView> = {}): SessionView {
  const finalAmount = orders.reduce((sum, one) => sum + one.finalAmount, 0);
  return {
    session: {
      id: 's', status: 'open', tableId: 't', tableNumber: 'T1', table: 'Terrace - T1', branchId: 'b', branchName: 'Harbor',
      openedAt: '2026-11-21T12:00:00.000Z',
    },
    orders,
    bill: { totalAmount: 0, finalAmount, paidAmount: 0, outstandingAmount: finalAmount, refundDue: 0, currency: 'EUR' },
    payments: [],
    next: null,
    openOrders: 0,
    ...more,
  };
}
