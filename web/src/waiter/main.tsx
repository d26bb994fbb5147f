// The waiters' tablet.

import { effect, signal } from '@preact/signals';
import type { Schemas } from '../base/api/client';
import type { ApiError } from '../base/api/error';
import { isolated } from '../base/bidi';
import { Sound } from '../base/sound';
import { staffStore } from '../base/staff_store';
import '../base/ui/base.css';
import '../base/ui/screen_page.css';
import { LiveRegion } from '../base/ui/live_region';
import { StaffPage } from '../base/ui/staff_page';
import { showToast } from '../base/ui/toasts';
import { startPage } from '../base/start_page';
import { keepScreenOn } from '../base/wake_lock';
import './waiter.css';
import type { Action } from './actions';
import { restoreDraft } from './drafts';
import type { Order, Outcome } from './floor';
import { FloorStore } from './floor_store';
import { loaders, t } from './messages';
import { preferences } from './preferences';
import { refusalText } from './refusals';
import { CUES, type Cue } from './sound';
import { AlarmBanner } from './view/alarm_banner';
import { FloorStoreProvider, isSettingsOpen, opened } from './view/context';
import { FloorView } from './view/floor_view';
import { ReadyRail } from './view/ready_rail';
import { Settings } from './view/settings';
import { TableSheet } from './view/table_sheet';
import { TopBar } from './view/top_bar';

const ROLES: Schemas['Role'][] = ['WAITER', 'MANAGER', 'ADMIN'];
const sound = new Sound<Cue>(CUES);
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
  showToast(kind === 'accepted' ? 'info' : 'error', `${isolated(order.table)}: ${text}`);
}

function onRefused(action: Action, error: ApiError): void {
  const { text, isCalm } = refusalText(action, error, store.value?.floor.value.currency ?? '');
  showToast(isCalm ? 'info' : 'error', text);
  if (action.kind === 'place') restoreDraft(action.sessionId, { items: action.items, note: action.note ?? '' });
}

/** One store per branch: a second log-in for the same branch continues it. */
const store = staffStore({
  roles: ROLES,
  identity: 'branchId',
  onStopped: () => {
    opened.value = undefined;
    isSettingsOpen.value = false;
  },
  create: (who) =>
    new FloorStore(who, {
      onReady,
      onAnswered,
      onRefused,
      onAlarm: () => ring('alarm'),
      onFull: () => showToast('error', t('full')),
      onNotStored: () => showToast('info', t('notStored')),
    }),
});

function WaiterPage() {
  return (
    <StaffPage
      title={t('title')}
      roles={ROLES}
      store={store.value}
      isHearing={store.value?.feed.state.value === 'live'}
      waiting={store.value?.queue.waiting.value.length ?? 0}
    >
      <FloorStoreProvider value={store.value}>
        <div class="top">
          <TopBar sound={sound} />
          <AlarmBanner />
        </div>
        <main class={`floor-page ${opened.value ? 'with-sheet' : ''}`}>
          <ReadyRail />
          <FloorView />
          <TableSheet />
        </main>
        <Settings sound={sound} />
        <LiveRegion text={announcement.value} />
      </FloorStoreProvider>
    </StaffPage>
  );
}

startPage('/waiter', loaders, () => {
  /** The count is visible in the tab bar too. */
  effect(() => {
    const ready = store.value?.ready.value.length ?? 0;
    document.title = `${ready > 0 ? `(${ready}) ` : ''}${t('title')} · orderpush`;
  });
  keepScreenOn();
  return <WaiterPage />;
});
