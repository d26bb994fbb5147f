// The operations page: how the service does, for those who look after it.

import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { ApiClient, type Schemas } from '../base/api/client';
import type { ApiError } from '../base/api/error';
import { startMessages } from '../base/i18n';
import { isLoggedIn, staff } from '../base/staff';
import '../base/ui/base.css';
import { LogInForm } from '../base/ui/log_in';
import { LogInOver } from '../base/ui/log_in_over';
import { Toasts, showToast } from '../base/ui/toasts';
import { Desk } from './desk';
import { loaders, t } from './messages';
import './ops.css';
import { openOrderOf, rememberOpenOrder } from './address';
import { DeskView } from './view/desk_view';
import { Refusal } from './view/refusal';
import { DeskProvider } from './view/context';

const ROLES: Schemas['Role'][] = ['ADMIN', 'MANAGER'];
/** Before anybody is logged in. */
const anonymousApi = new ApiClient({ token: () => undefined, onRefused: () => undefined });
const desk = signal<Desk | undefined>(undefined);

function onRefused(error: ApiError): void {
  const isSettled = error.code === 'delivery_settled' || error.code === 'delivery_not_found';
  showToast(isSettled ? 'info' : 'error', isSettled ? t('settled') : t('failed', { detail: error.message }));
}

/** One desk per person: whoever logs in again finds it as it was. */
effect(() => {
  const who = staff.value;
  const running = desk.peek();
  if (running && running.staff.staffId === who?.staffId) return;
  running?.stop();
  if (!who || !ROLES.includes(who.role)) return void (desk.value = undefined);
  const fresh = new Desk(who, { onRefused, onRetried: (count) => showToast('info', t('sentAgain', { count })) });
  desk.value = fresh;
  fresh.start();
  const order = openOrderOf(window.location.hash);
  if (order) void fresh.search.find(order);
});

effect(() => {
  const open = desk.value?.search.open.value;
  if (desk.value) rememberOpenOrder(open?.order.id);
});

function OperationsPage() {
  const running = desk.value;
  const who = staff.value;
  if (!running && who && !ROLES.includes(who.role)) return <Refusal who={who} />;
  if (!running) {
    return (
      <main>
        <LogInForm api={anonymousApi} roles={ROLES} onLoggedIn={() => undefined} />
      </main>
    );
  }
  return (
    <DeskProvider value={running}>
      <DeskView />
      {isLoggedIn.value ? null : <LogInOver api={running.api} roles={ROLES} onLoggedIn={() => running.wake()} />}
      <Toasts />
    </DeskProvider>
  );
}

await startMessages(loaders);
document.title = `${t('title')} · orderpush`;
const page = document.getElementById('page');
if (page) render(<OperationsPage />, page);
