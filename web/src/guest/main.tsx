// The guest page, opened by the QR code of a table.

import { effect, signal } from '@preact/signals';
import { anonymousApi } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { backoffMs } from '../base/backoff';
import { isolated } from '../base/bidi';
import { ORDER_STATUS_LABELS } from '../base/i18n/labels';
import { newId } from '../base/ids';
import type { PushedEvent } from '../base/realtime/event';
import { startPage } from '../base/start_page';
import '../base/ui/base.css';
import { LiveRegion } from '../base/ui/live_region';
import { showToast, Toasts } from '../base/ui/toasts';
import './guest.css';
import type { Order, PendingRequest } from './pending_requests';
import { loaders, t } from './messages';
import { CLEAN_PATH, forgetTableSession, loadTableSession, openTableSession, qrTokenIn, saveTableSession, type TableSession } from './table_session';
import { announcement, SessionProvider, sheet, tab } from './view/context';
import { DeadCode, NoTable, Opening, Unreachable } from './view/notices';
import { ClosedView } from './view/closed_view';
import { Shell } from './view/shell';
import { forgetGuestSession, GuestSession } from './guest_session';
import type { SessionView } from './session_state';

type PageState = 'opening' | 'unreachable' | 'dead' | 'lost' | 'forgotten' | 'seated';

const pageState = signal<PageState>('opening');
const session = signal<GuestSession | undefined>(undefined);
/** The idempotency key: however often it is tried, one session is opened. */
const openingKey = newId();
let openTimer: number | undefined;

async function open(attempt = 0): Promise<void> {
  window.clearTimeout(openTimer);
  const code = qrTokenIn(window.location.pathname);
  const known = loadTableSession();
  if (code === undefined) {
    if (known) startSession(known);
    else pageState.value = 'lost';
    return;
  }
  try {
    const fresh = await openTableSession(anonymousApi, code, openingKey);
    if (known && known.sessionId !== fresh.sessionId) forgetGuestSession(known);
    saveTableSession(fresh);
    startSession(fresh);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const isRefused = error.kind === 'problem' && !error.isTransient && error.status < 500;
    pageState.value = isRefused ? 'dead' : 'unreachable';
    if (!isRefused) {
      openTimer = window.setTimeout(() => void open(attempt + 1), 1_000 + backoffMs(attempt));
      return;
    }
  }
  // The code is not needed any more, and must not be readable over a shoulder.
  window.history.replaceState(null, '', CLEAN_PATH);
}

function startSession(at: TableSession): void {
  session.value?.stop();
  const fresh = new GuestSession(at, {
    onPlaced,
    onRefused,
    onEvent,
    onNotStored: () => showToast('info', t('notStored')),
    onLost: () => {
      forgetTableSession();
      fresh.stop();
      pageState.value = 'forgotten';
    },
  });
  session.value = fresh;
  pageState.value = 'seated';
  fresh.start();
}

function onPlaced(order: Order): void {
  sheet.value = undefined;
  tab.value = 'orders';
  showToast('info', t('placed', { number: order.orderNumber }));
  window.scrollTo({ top: 0 });
  // Behind the cart's closing, which gives the focus back to what opened it.
  window.setTimeout(() => document.getElementById('main')?.focus({ preventScroll: true }), 0);
}

function onRefused(request: PendingRequest, error: ApiError): void {
  if (request.kind === 'cancel') {
    const isLate = error.code === 'status_conflict';
    return showToast('error', isLate ? t('cancelTooLate') : t('cancelRefused', { detail: error.message }));
  }
  const isOfMenu = error.problem?.errors?.some(({ field }) => field.endsWith('.menuItemId')) ?? false;
  showToast('error', isOfMenu ? t('orderRefusedMenu') : t('orderRefused', { detail: error.message }));
}

function onEvent(event: PushedEvent, { orders }: SessionView): void {
  const order = orders.find(({ id }) => id === event['orderId']);
  if (!order) return;
  const number = order.orderNumber;
  if (event.type === 'kitchen:cancel_rejected') return showToast('info', t('announceStatus', { number, status: t('cancelRejected') }));
  if (event.type !== 'order:status_changed') return;
  const text = t('announceStatus', { number, status: t(ORDER_STATUS_LABELS[order.status]) });
  if (order.status === 'ready' || order.status === 'cancelled') showToast('info', text);
  else announcement.value = text;
}

function GuestPage() {
  const running = session.value;
  if (pageState.value === 'seated' && running) {
    return (
      <SessionProvider value={running}>
        {running.isClosed.value ? <ClosedView /> : <Shell />}
        <LiveRegion text={announcement.value} />
        <Toasts />
      </SessionProvider>
    );
  }
  if (pageState.value === 'dead') return <DeadCode />;
  if (pageState.value === 'unreachable') return <Unreachable onAgain={() => void open()} />;
  if (pageState.value === 'lost' || pageState.value === 'forgotten') return <NoTable isKnownBefore={pageState.value === 'forgotten'} />;
  return <Opening />;
}

startPage('/t', loaders, () => {
  effect(() => {
    const name = session.value?.tableSession.branchName;
    document.title = name ? `${isolated(name)} · ${t('title')}` : t('title');
  });
  void open();
  return <GuestPage />;
});
