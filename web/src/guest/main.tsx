// The guest page: what the code on a table leads to.

import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { ApiClient } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { backoffMs } from '../base/backoff';
import { startMessages } from '../base/i18n';
import { newId } from '../base/ids';
import type { PushedEvent } from '../base/realtime/event';
import '../base/ui/base.css';
import { showToast, Toasts } from '../base/ui/toasts';
import type { Ask, Order } from './asks';
import './guest.css';
import { loaders, STATUS_WORDS, t } from './messages';
import { CLEAN_PATH, codeIn, forgetSeat, keepSeat, keptSeat, sitDown, type Seat } from './seat';
import { said, sheet, tab, VisitProvider } from './view/context';
import { DeadCode, NoTable, Opening, Unreachable } from './view/notices';
import { OverView } from './view/over_view';
import { Shell } from './view/shell';
import { forgetVisit, Visit } from './visit';
import type { View } from './visit_state';

type Stage = 'opening' | 'unreachable' | 'dead' | 'lost' | 'forgotten' | 'seated';

const stage = signal<Stage>('opening');
const visit = signal<Visit | undefined>(undefined);
/** Before anybody sits. */
const anonymousApi = new ApiClient({ token: () => undefined, onRefused: () => undefined });
/** However often the page tries, it sits down once. */
const sittingKey = newId();
let openTimer: number | undefined;

async function open(attempt = 0): Promise<void> {
  window.clearTimeout(openTimer);
  const code = codeIn(window.location.pathname);
  const kept = keptSeat();
  if (code === undefined) {
    if (kept) seat(kept);
    else stage.value = 'lost';
    return;
  }
  try {
    const fresh = await sitDown(anonymousApi, code, sittingKey);
    if (kept && kept.sessionId !== fresh.sessionId) forgetVisit(kept);
    keepSeat(fresh);
    seat(fresh);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const isRefused = error.kind === 'problem' && !error.isPassing && error.status < 500;
    stage.value = isRefused ? 'dead' : 'unreachable';
    if (!isRefused) {
      openTimer = window.setTimeout(() => void open(attempt + 1), 1_000 + backoffMs(attempt));
      return;
    }
  }
  // A code that was used is of no more use here, and nobody is to read it over a shoulder.
  window.history.replaceState(null, '', CLEAN_PATH);
}

function seat(at: Seat): void {
  visit.value?.stop();
  const fresh = new Visit(at, {
    onPlaced,
    onRefused,
    onEvent,
    onNotKept: () => showToast('info', t('notKept')),
    onLost: () => {
      forgetSeat();
      fresh.stop();
      stage.value = 'forgotten';
    },
  });
  visit.value = fresh;
  stage.value = 'seated';
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

function onRefused(ask: Ask, error: ApiError): void {
  if (ask.kind === 'cancel') {
    const isLate = error.code === 'status_conflict';
    return showToast('error', isLate ? t('cancelTooLate') : t('cancelRefused', { detail: error.message }));
  }
  const isOfMenu = error.problem?.errors?.some(({ field }) => field.endsWith('.menuItemId')) ?? false;
  showToast('error', isOfMenu ? t('orderRefusedMenu') : t('orderRefused', { detail: error.message }));
}

function onEvent(event: PushedEvent, { orders }: View): void {
  const order = orders.find(({ id }) => id === event['orderId']);
  if (!order) return;
  const number = order.orderNumber;
  if (event.type === 'kitchen:cancel_rejected') return showToast('info', t('saidStatus', { number, status: t('cancelRejected') }));
  if (event.type !== 'order:status_changed') return;
  const text = t('saidStatus', { number, status: t(STATUS_WORDS[order.status]) });
  if (order.status === 'ready' || order.status === 'cancelled') showToast('info', text);
  else said.value = text;
}

function GuestPage() {
  const running = visit.value;
  if (stage.value === 'seated' && running) {
    return (
      <VisitProvider value={running}>
        {running.isOver.value ? <OverView /> : <Shell />}
        <p class="visually-hidden" role="status" aria-live="polite">
          {said.value}
        </p>
        <Toasts />
      </VisitProvider>
    );
  }
  if (stage.value === 'dead') return <DeadCode />;
  if (stage.value === 'unreachable') return <Unreachable onAgain={() => void open()} />;
  if (stage.value === 'lost' || stage.value === 'forgotten') return <NoTable isKnownBefore={stage.value === 'forgotten'} />;
  return <Opening />;
}

await startMessages(loaders);
effect(() => {
  const name = visit.value?.seat.branchName;
  document.title = name ? `${name} · ${t('title')}` : t('title');
});
const page = document.getElementById('page');
if (page) render(<GuestPage />, page);
void open();
