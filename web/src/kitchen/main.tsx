// The kitchen display.

import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Schemas } from '../base/api/client';
import type { ApiError } from '../base/api/error';
import { Sound } from '../base/sound';
import { staffStore } from '../base/staff_store';
import '../base/ui/base.css';
import '../base/ui/screen_page.css';
import { LiveRegion } from '../base/ui/live_region';
import { StaffPage } from '../base/ui/staff_page';
import { showToast } from '../base/ui/toasts';
import { startPage } from '../base/start_page';
import { keepScreenOn } from '../base/wake_lock';
import './kitchen.css';
import type { Action } from './actions';
import type { Cue } from './board';
import { Display } from './display';
import { loaders, TICKET_STATUS_LABELS, t } from './messages';
import { preferences } from './preferences';
import { CUES } from './sound';
import { tableParts } from './ticket';
import { BoardView } from './view/board_view';
import { DisplayProvider, panel } from './view/context';
import { listenToKeys } from './view/key_control';
import { Panels } from './view/panels';
import { TopBar } from './view/top_bar';

const ROLES: Schemas['Role'][] = ['KITCHEN', 'MANAGER', 'ADMIN'];
const sound = new Sound<Cue>(CUES);
/** For screen readers: the text of a live region. */
const announcement = signal('');

function onCue(cue: Cue, event: Readonly<Record<string, unknown>>): void {
  if (preferences.value.isSoundOn) sound.play(cue);
  const shown = display.value?.board.value;
  const ticket = [...(shown?.tickets.values() ?? [])].find(({ orderId }) => orderId === event['orderId']);
  const number = ticket?.orderNumber ?? Number(event['orderNumber']);
  if (!Number.isFinite(number)) return;
  const table = ticket ? tableParts(ticket).table : typeof event['tableNumber'] === 'string' ? event['tableNumber'] : '';
  const label = { created: 'announceCreated', changed: 'announceChanged', cancelled: 'announceCancelled' } as const;
  announcement.value = t(label[cue], { number, table });
}

function onRefused(action: Action, error: ApiError): void {
  const ticket = display.value?.board.value.tickets.get(action.ticketId);
  const status = error.problem?.currentStatus;
  const label = status !== undefined && status in TICKET_STATUS_LABELS ? TICKET_STATUS_LABELS[status as keyof typeof TICKET_STATUS_LABELS] : undefined;
  const detail = label ? t('refusedStatus', { status: t(label) }) : error.message;
  showToast('error', ticket ? t('refused', { number: ticket.orderNumber, detail }) : detail);
}

/** One display per branch: a second log-in for the same branch continues it. */
const display = staffStore({
  roles: ROLES,
  identity: 'branchId',
  onStopped: () => (panel.value = undefined),
  create: (who) =>
    new Display(who, {
      onCue,
      onRefused,
      onFull: () => showToast('error', t('full')),
      onLogInNeeded: () => showToast('error', t('logInNeeded')),
      onNotStored: () => showToast('info', t('notStored')),
    }),
});

effect(() => {
  document.documentElement.dataset['text'] = String(preferences.value.textSize);
});

function KitchenPage() {
  const running = display.value;
  useEffect(() => (running ? listenToKeys(running) : undefined), [running]);
  return (
    <StaffPage
      title={t('title')}
      roles={ROLES}
      store={running}
      isHearing={running?.feed.state.value === 'live'}
      waiting={running?.queue.waiting.value.length ?? 0}
    >
      <DisplayProvider value={running}>
        <TopBar sound={sound} />
        <BoardView />
        <Panels sound={sound} />
        <LiveRegion text={announcement.value} />
      </DisplayProvider>
    </StaffPage>
  );
}

startPage('/kitchen', loaders, () => {
  effect(() => {
    document.title = `${t('title')} · orderpush`;
  });
  keepScreenOn();
  return <KitchenPage />;
});
