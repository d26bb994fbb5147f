// The kitchen display.

import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ApiError } from '../base/api/error';
import { ApiClient, type Schemas } from '../base/api/client';
import type { PushedEvent } from '../base/realtime/event';
import { isLoggedIn, staff } from '../base/staff';
import '../base/ui/base.css';
import { LogInForm } from '../base/ui/log_in';
import { LogInOver } from '../base/ui/log_in_over';
import { Toasts, showToast } from '../base/ui/toasts';
import { keepScreenOn } from '../base/wake_lock';
import { startMessages } from '../base/i18n';
import type { Action } from './actions';
import type { Cue } from './board';
import { Display } from './display';
import './kitchen.css';
import { loaders, TICKET_STATUS_LABELS, t } from './messages';
import { preferences } from './preferences';
import { Sound } from './sound';
import { tableParts } from './ticket';
import { BoardView } from './view/board_view';
import { DisplayProvider, panel } from './view/context';
import { listenToKeys } from './view/key_control';
import { Panels } from './view/panels';
import { TopBar } from './view/top_bar';

const ROLES: Schemas['Role'][] = ['KITCHEN', 'MANAGER', 'ADMIN'];
/** Before anybody is logged in. */
const anonymousApi = new ApiClient({ token: () => undefined, onRefused: () => undefined });
const sound = new Sound();
const display = signal<Display | undefined>(undefined);
/** For screen readers: the text of a live region. */
const announcement = signal('');

function onCue(cue: Cue, event: PushedEvent): void {
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
effect(() => {
  const who = staff.value;
  const running = display.peek();
  if (running && running.staff.branchId === who?.branchId) return;
  running?.stop();
  panel.value = undefined;
  if (!who || !ROLES.includes(who.role)) return void (display.value = undefined);
  const fresh = new Display(who, {
    onCue,
    onRefused,
    onFull: () => showToast('error', t('full')),
    onNotStored: () => showToast('info', t('notStored')),
  });
  display.value = fresh;
  fresh.start();
});

effect(() => {
  document.documentElement.dataset['text'] = String(preferences.value.textSize);
});

function KitchenPage() {
  const running = display.value;
  useEffect(() => (running ? listenToKeys(running) : undefined), [running]);
  if (!running) {
    return (
      <main>
        <LogInForm api={anonymousApi} roles={ROLES} onLoggedIn={() => undefined} />
      </main>
    );
  }
  return (
    <DisplayProvider value={running}>
      <TopBar sound={sound} />
      <BoardView />
      <Panels sound={sound} />
      {isLoggedIn.value ? null : (
        <LogInOver api={running.api} roles={ROLES} onLoggedIn={() => running.wake()} />
      )}
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement.value}
      </p>
      <Toasts />
    </DisplayProvider>
  );
}

await startMessages(loaders);
effect(() => {
  document.title = `${t('title')} · orderpush`;
});
keepScreenOn();
const page = document.getElementById('page');
if (page) render(<KitchenPage />, page);
