import type { Item, Order } from '../floor';
import type { FloorStore } from '../floor_store';

/** Those lines are on the table. Their button goes; the focus stays near where it was. */
export function serve(store: FloorStore, order: Order, items: readonly Item[]): void {
  const place = document.activeElement?.closest('.sheet, .rail');
  store.act({ kind: 'serve', orderId: order.id, itemIds: items.map(({ itemId }) => itemId), table: order.table });
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const next = place?.querySelector<HTMLElement>('[data-action^=serve]') ?? place?.querySelector<HTMLElement>('h2');
    next?.focus();
  });
}
