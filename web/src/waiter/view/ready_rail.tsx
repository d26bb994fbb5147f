// Orders that are ready to serve: the longest waiting first, each with one button.

import { t } from '../messages';
import type { ReadyOrder } from '../table_status';
import { openTable, useFloorStore } from './context';
import { Elapsed, PASS_LIMITS } from './elapsed';
import { serve } from './serve';
import './ready_rail.css';

export function ReadyRail() {
  const store = useFloorStore();
  const ready = store.ready.value;
  return (
    <section class={`rail ${ready.length > 0 ? 'has-ready' : ''}`} aria-label={t('readyTitle')}>
      <h2 tabIndex={-1}>
        {t('readyTitle')} <span class="count-pill rail-count">{ready.length}</span>
      </h2>
      {ready.length === 0 && store.isLoaded.value ? <p class="rail-none">{t('readyNone')}</p> : null}
      <ul>
        {ready.map((one) => (
          <ReadyCard key={one.order.id} ready={one} />
        ))}
      </ul>
    </section>
  );
}

function ReadyCard({ ready: { order, items, since } }: { ready: ReadyOrder }) {
  const store = useFloorStore();
  const quantity = items.reduce((sum, item) => sum + item.quantity, 0);
  return (
    <li class="ready-card" data-ready={order.id}>
      <div class="ready-head">
        <button type="button" class="ready-table" aria-label={t('readyOpen', { table: order.table })} onClick={() => openTable(order.tableId)}>
          <bdi>{order.tableNumber}</bdi>
        </button>
        <span class="ready-order">
          {t('order', { number: order.orderNumber })}
          {order.customerName === undefined ? null : (
            <>
              {' · '}
              <bdi>{order.customerName}</bdi>
            </>
          )}
        </span>
        <Elapsed since={since} say={(time) => t('readyAge', { time })} limits={PASS_LIMITS} />
      </div>
      <ul class="ready-items">
        {items.map((item) => (
          <li key={item.itemId}>
            <b>{item.quantity}×</b> <bdi>{item.name}</bdi>
            {item.note === undefined ? null : (
              <small class="note">
                <bdi>{item.note}</bdi>
              </small>
            )}
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="primary"
        data-action="serve"
        aria-label={t('serveOrder', { count: quantity, table: order.table, number: order.orderNumber })}
        onClick={() => serve(store, order, items)}
      >
        {t('serveAll', { count: items.length })}
      </button>
    </li>
  );
}
