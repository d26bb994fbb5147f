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
import { FloorStore } from './floor_store';
import { AlarmBanner } from './view/alarm_banner';
import { isSettingsOpen, opened, FloorStoreProvider } from './view/context';
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
const store = signal<FloorStore | undefined>(undefined);
/** For screen readers: the text of a live region. */
const announcement = signal('');

function ring(cue: Cue): void {
  if (preferences.value.isSoundOn) sound.play(cue);
}

function onReady(order: Order): void {
  ring('ready');
  announcement.value = t('announceReady', { table: order.table, number: order.orderNumber });
}

function onAnswered(order: Order | undefined, { kind, reason }: Outcome): void {
  if (!order) return;
  ring('answered');
  const number = order.orderNumber;
  const text = kind === 'accepted' ? t('cancelAccepted', { number }) : t('cancelRejected', { number, reason });
  showToast(kind === 'accepted' ? 'info' : 'error', `${order.table}: ${text}`);
}

function onRefused(action: Action, error: ApiError): void {
  const { text, isCalm } = refusalText(action, error, store.value?.floor.value.currency ?? '');
  showToast(isCalm ? 'info' : 'error', text);
  if (action.kind === 'place') restoreDraft(action.sessionId, { items: action.items, note: action.note ?? '' });
}

/** One store per branch: a second log-in for the same branch continues it. */
effect(() => {
  const who = staff.value;
  const running = store.peek();
  if (running && running.staff.branchId === who?.branchId) return;
  running?.stop();
  opened.value = undefined;
  isSettingsOpen.value = false;
  if (!who || !ROLES.includes(who.role)) return void (store.value = undefined);
  const fresh = new FloorStore(who, {
    onReady,
    onAnswered,
    onRefused,
    onAlarm: () => ring('alarm'),
    onFull: () => showToast('error', t('full')),
    onNotStored: () => showToast('info', t('notStored')),
  });
  store.value = fresh;
  fresh.start();
});

function WaiterPage() {
  const running = store.value;
  if (!running) {
    return (
      <main>
        <LogInForm api={anonymousApi} roles={ROLES} onLoggedIn={() => undefined} />
      </main>
    );
  }
  return (
    <FloorStoreProvider value={running}>
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
        {announcement.value}
      </p>
      <Toasts />
    </FloorStoreProvider>
  );
}

await startMessages(loaders);
/** The count is visible in the tab bar too. */
effect(() => {
  const ready = store.value?.ready.value.length ?? 0;
  document.title = `${ready > 0 ? `(${ready}) ` : ''}${t('title')} · orderpush`;
});
keepScreenOn();
const page = document.getElementById('page');
if (page) render(<WaiterPage />, page);
