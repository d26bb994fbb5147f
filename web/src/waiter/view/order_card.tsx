import { formatTime } from '../../base/format';
import { ITEM_STATUS_LABELS, ORDER_STATUS_LABELS } from '../../base/i18n/labels';
import type { Item, Order } from '../floor';
import { t } from '../messages';
import { isReady } from '../table_status';
import { openTable, useMoney, useFloorStore } from './context';
import { serve } from './serve';
import './order_card.css';

/** Statuses in which the service takes a cancel request. */
const MAY_ASK = new Set<Order['status']>(['pending', 'confirmed', 'preparing', 'ready']);

export function OrderCard({ order }: { order: Order }) {
  const store = useFloorStore();
  const amount = useMoney();
  const ready = order.status === 'cancelled' ? [] : order.items.filter(isReady);
  return (
    <article class={`order order-${order.status}`} data-order={order.id} data-status={order.status}>
      <header>
        <h3>
          {t('order', { number: order.orderNumber })}
          {order.customerName === undefined ? null : <small> {t('orderFor', { name: order.customerName })}</small>}
        </h3>
        <span class="order-status">
          {t(ORDER_STATUS_LABELS[order.status])} · <time dateTime={order.createdAt}>{formatTime(order.createdAt)}</time>
        </span>
        <span class="order-amount">{amount(order.finalAmount)}</span>
      </header>
      {order.note === undefined ? null : <p class="note">{t('note', { note: order.note })}</p>}
      <ul class="lines">
        {order.items.map((item) => (
          <Line key={item.itemId} order={order} item={item} />
        ))}
      </ul>
      {ready.length > 1 ? (
        <button type="button" class="primary" data-action="serve-all" onClick={() => serve(store, order, ready)}>
          {t('serveAll', { count: ready.length })}
        </button>
      ) : null}
      <CancelState order={order} />
    </article>
  );
}

function Line({ order, item }: { order: Order; item: Item }) {
  const store = useFloorStore();
  const canServe = isReady(item) && order.status !== 'cancelled';
  return (
    <li class={`line item-${item.status}`} data-item={item.itemId} data-status={item.status}>
      <span class="line-quantity">{item.quantity}×</span>
      <span class="line-name">
        <bdi>{item.name}</bdi>
        {item.note === undefined ? null : (
          <small class="note">
            <bdi>{item.note}</bdi>
          </small>
        )}
      </span>
      {canServe ? (
        <button type="button" data-action="serve-item" aria-label={t('serveItem', { name: item.name })} onClick={() => serve(store, order, [item])}>
          {t('serve')}
        </button>
      ) : (
        <span class="line-status">{t(ITEM_STATUS_LABELS[item.status])}</span>
      )}
    </li>
  );
}

/** The cancel request of an order, up to the kitchen's answer. */
function CancelState({ order }: { order: Order }) {
  const store = useFloorStore();
  const outcome = store.floor.value.outcomes.get(order.id);
  if (order.cancelRequest) {
    return <p class="asking">{t('cancelAsked', { reason: order.cancelRequest.reason })}</p>;
  }
  if (store.isWaiting('askCancel', order.id)) return <p class="asking">{t('cancelSending')}</p>;
  return (
    <>
      {outcome ? (
        <p class="asking" data-outcome={outcome.kind}>
          <span>
            {outcome.kind === 'accepted'
              ? t('cancelAccepted', { number: order.orderNumber })
              : t('cancelRejected', { number: order.orderNumber, reason: outcome.reason })}
          </span>
          <button type="button" onClick={() => store.dismissOutcome(order.id)}>
            {t('understood')}
          </button>
        </p>
      ) : null}
      {MAY_ASK.has(order.status) ? (
        <button type="button" class="quiet ask" data-action="ask-cancel" onClick={() => openTable(order.tableId, { kind: 'cancel', orderId: order.id })}>
          {t('askCancel')}
        </button>
      ) : null}
    </>
  );
}
