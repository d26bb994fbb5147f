import type { Item, Order } from '../floor';
import type { Tablet } from '../tablet';

/** Those lines are on the table. */
export function serve(tablet: Tablet, order: Order, items: readonly Item[]): void {
  tablet.act({ kind: 'serve', orderId: order.id, itemIds: items.map(({ itemId }) => itemId), table: order.table });
}
