import { formatMoney, formatTime } from '../../base/format';
import { ITEM_STATUS_LABELS, ORDER_STATUS_LABELS } from '../../base/i18n/labels';
import type { Order } from '../pending_requests';
import { t } from '../messages';
import { ordersOf } from '../session_state';
import { sheet, tab, useGuestSession } from './context';
import { NotThere, Notice } from './notices';
import './orders_view.css';

export function OrdersView() {
  const session = useGuestSession();
  const view = session.view.value;
  if (!view) return session.viewRefresher.failure.value ? <NotThere /> : <OrdersSkeleton />;
  const orders = ordersOf(view);
  if (orders.length === 0) {
    return (
      <Notice mark="◔" title={t('ordersEmptyTitle')} text={t('ordersEmptyText')}>
        <button type="button" class="primary" onClick={() => (tab.value = 'menu')}>
          {t('ordersToMenu')}
        </button>
      </Notice>
    );
  }
  return (
    <section class="orders">
      <h2>{t('ordersTitle')}</h2>
      {orders.map((order) => (
        <OrderCard key={order.id} order={order} />
      ))}
    </section>
  );
}

const STEPS = ['pending', 'preparing', 'ready', 'served'] as const;
const STEP_OF: Record<Order['status'], number> = { pending: 0, confirmed: 0, preparing: 1, ready: 2, served: 3, completed: 3, cancelled: -1 };

function OrderCard({ order }: { order: Order }) {
  const title = `order-${order.id}`;
  return (
    <article class="order" data-order={order.id} data-status={order.status} aria-labelledby={title}>
      <header class="order-head">
        <h3 id={title}>{t('order', { number: order.orderNumber })}</h3>
        <time class="soft" dateTime={order.createdAt}>
          {formatTime(order.createdAt)}
        </time>
        <p class="order-status">{t(ORDER_STATUS_LABELS[order.status])}</p>
      </header>
      <Progress step={STEP_OF[order.status]} />
      <ul class="order-items">
        {order.items.map((item) => (
          <li key={item.itemId} class="order-item" data-item={item.itemId} data-item-status={item.status}>
            <span class="order-item-count">{item.quantity}×</span>
            <span class="order-item-name">
              <bdi>{item.name}</bdi>
              {item.note ? (
                <span class="note">
                  <bdi>{item.note}</bdi>
                </span>
              ) : null}
            </span>
            <span class="order-item-status">{t(ITEM_STATUS_LABELS[item.status])}</span>
          </li>
        ))}
      </ul>
      {order.note ? (
        <p class="order-note">
          <span class="soft">{t('orderNoteShown')}: </span>
          <bdi>{order.note}</bdi>
        </p>
      ) : null}
      <footer class="order-foot">
        <CancelState order={order} />
        <span class="order-total">{formatMoney(order.finalAmount, order.currency)}</span>
      </footer>
    </article>
  );
}

/** Decorative: the text beside it has the status. */
function Progress({ step }: { step: number }) {
  if (step < 0) return null;
  return (
    <div class="progress" aria-hidden="true">
      {STEPS.map((name, index) => (
        <span key={name} class={index < step ? 'step done' : index === step ? 'step now' : 'step'} />
      ))}
    </div>
  );
}

function CancelState({ order }: { order: Order }) {
  const session = useGuestSession();
  const outcome = session.outcomes.value[order.id];
  if (order.status === 'cancelled') {
    return outcome?.kind === 'cancelled' && outcome.reason ? <p class="answer">{t('cancelDone', { reason: outcome.reason })}</p> : null;
  }
  if (session.isCancelPending(order.id)) return <p class="answer">{t('cancelSending')}</p>;
  if (order.cancelRequest) return <p class="answer">{t('cancelAsked')}</p>;
  const isRejected = outcome?.kind === 'rejected';
  return (
    <>
      {isRejected ? (
        <p class="answer answer-no">
          {outcome.reason ? t('cancelRejectedReason', { reason: outcome.reason }) : t('cancelRejected')}
        </p>
      ) : null}
      {order.status === 'pending' && !isRejected ? (
        <button type="button" class="cancel-ask" onClick={() => (sheet.value = { kind: 'cancel', orderId: order.id })}>
          {t('cancelAsk')}
        </button>
      ) : null}
    </>
  );
}

function OrdersSkeleton() {
  return (
    <div class="skeleton" aria-busy="true">
      <p class="visually-hidden" role="status">
        {t('loading')}
      </p>
      <div class="skeleton-card" aria-hidden="true" />
      <div class="skeleton-card" aria-hidden="true" />
    </div>
  );
}
