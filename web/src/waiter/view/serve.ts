import type { Item, Order } from '../floor';
import type { Tablet } from '../tablet';

/** Those lines are on the table. Their button goes; the focus stays near where it was. */
export function serve(tablet: Tablet, order: Order, items: readonly Item[]): void {
  const place = document.activeElement?.closest('.sheet, .rail');
  tablet.act({ kind: 'serve', orderId: order.id, itemIds: items.map(({ itemId }) => itemId), table: order.table });
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const next = place?.querySelector<HTMLElement>('[data-action^=serve]') ?? place?.querySelector<HTMLElement>('h2');
    next?.focus();
  });
}
