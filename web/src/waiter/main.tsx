// The waiters' tablet.

import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import type { ApiError } from '../base/api/error';
import { ApiClient, type Schemas } from '../base/api/client';
import { startMessages } from '../base/i18n';
import { isLoggedIn, staff } from '../base/staff';
import '../base/ui/base.css';
import { LogInForm } from '../base/ui/log_in';
import { LogInOver } from '../base/ui/log_in_over';
import { showToast, Toasts } from '../base/ui/toasts';
import { keepScreenOn } from '../base/wake_lock';
import type { Action } from './actions';
import { restoreDraft } from './drafts';
import type { Order, Outcome } from './floor';
import { loaders, t } from './messages';
import { preferences } from './preferences';
import { refusalText } from './refusals';
import { Sound, type Cue } from './sound';
import { Tablet } from './tablet';
import { AlarmBanner } from './view/alarm_banner';
import { isSettingsOpen, opened, TabletProvider } from './view/context';
import { FloorView } from './view/floor_view';
import { ReadyRail } from './view/ready_rail';
import { Settings } from './view/settings';
import { TableSheet } from './view/table_sheet';
import { TopBar } from './view/top_bar';
import './waiter.css';

const ROLES: Schemas['Role'][] = ['WAITER', 'MANAGER', 'ADMIN'];
/** Before anybody is logged in. */
const anonymousApi = new ApiClient({ token: () => undefined, onRefused: () => undefined });
const sound = new Sound();
const tablet = signal<Tablet | undefined>(undefined);
/** Read out by screen readers. */
const said = signal('');

function ring(cue: Cue): void {
  if (preferences.value.isSoundOn) sound.play(cue);
}

function onReady(order: Order): void {
  ring('ready');
  said.value = t('saidReady', { table: order.table, number: order.orderNumber });
}

function onAnswered(order: Order | undefined, { kind, reason }: Outcome): void {
  if (!order) return;
  ring('answered');
  const number = order.orderNumber;
  const text = kind === 'accepted' ? t('cancelAccepted', { number }) : t('cancelRejected', { number, reason });
  showToast(kind === 'accepted' ? 'info' : 'error', `${order.table}: ${text}`);
}

function onRefused(action: Action, error: ApiError): void {
  const { text, isCalm } = refusalText(action, error, tablet.value?.floor.value.currency ?? '');
  showToast(isCalm ? 'info' : 'error', text);
  if (action.kind === 'place') restoreDraft(action.sessionId, { items: action.items, note: action.note ?? '' });
}

/** One tablet per branch: whoever logs in again for the same one finds it as it was. */
effect(() => {
  const who = staff.value;
  const running = tablet.peek();
  if (running && running.staff.branchId === who?.branchId) return;
  running?.stop();
  opened.value = undefined;
  isSettingsOpen.value = false;
  if (!who || !ROLES.includes(who.role)) return void (tablet.value = undefined);
  const fresh = new Tablet(who, {
    onReady,
    onAnswered,
    onRefused,
    onAlarm: () => ring('alarm'),
    onFull: () => showToast('error', t('full')),
    onNotKept: () => showToast('info', t('notKept')),
  });
  tablet.value = fresh;
  fresh.start();
});

function WaiterPage() {
  const running = tablet.value;
  if (!running) {
    return (
      <main>
        <LogInForm api={anonymousApi} roles={ROLES} onLoggedIn={() => undefined} />
      </main>
    );
  }
  return (
    <TabletProvider value={running}>
      <div class="top">
        <TopBar sound={sound} />
        <AlarmBanner />
      </div>
      <main class={opened.value ? 'with-sheet' : ''}>
        <ReadyRail />
        <FloorView />
        <TableSheet />
      </main>
      <Settings sound={sound} />
      {isLoggedIn.value ? null : <LogInOver api={running.api} roles={ROLES} onLoggedIn={() => running.wake()} />}
      <p class="visually-hidden" role="status" aria-live="polite">
        {said.value}
      </p>
      <Toasts />
    </TabletProvider>
  );
}

await startMessages(loaders);
/** Seen where tabs are looked at, too. */
effect(() => {
  const ready = tablet.value?.ready.value.length ?? 0;
  document.title = `${ready > 0 ? `(${ready}) ` : ''}${t('title')} · orderpush`;
});
keepScreenOn();
const page = document.getElementById('page');
if (page) render(<WaiterPage />, page);
