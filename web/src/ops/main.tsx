// The operations page: the health of the service, for managers.

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
import { OpsStore } from './ops_store';
import { loaders, t } from './messages';
import './ops.css';
import { openOrderOf, rememberOpenOrder } from './address';
import { OpsView } from './view/ops_view';
import { Refusal } from './view/refusal';
import { OpsStoreProvider } from './view/context';

const ROLES: Schemas['Role'][] = ['ADMIN', 'MANAGER'];
/** Before anybody is logged in. */
const anonymousApi = new ApiClient({ token: () => undefined, onRefused: () => undefined });
const store = signal<OpsStore | undefined>(undefined);

function onRefused(error: ApiError): void {
  const isSettled = error.code === 'delivery_settled' || error.code === 'delivery_not_found';
  showToast(isSettled ? 'info' : 'error', isSettled ? t('settled') : t('failed', { detail: error.message }));
}

/** One store per person: a second log-in of the same person continues it. */
effect(() => {
  const who = staff.value;
  const running = store.peek();
  if (running && running.staff.staffId === who?.staffId) return;
  running?.stop();
  if (!who || !ROLES.includes(who.role)) return void (store.value = undefined);
  const fresh = new OpsStore(who, { onRefused, onRetried: (count) => showToast('info', t('sentAgain', { count })) });
  store.value = fresh;
  fresh.start();
  const order = openOrderOf(window.location.hash);
  if (order) void fresh.search.find(order);
});

effect(() => {
  const open = store.value?.search.open.value;
  if (store.value) rememberOpenOrder(open?.order.id);
});

function OperationsPage() {
  const running = store.value;
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
    <OpsStoreProvider value={running}>
      <OpsView />
      {isLoggedIn.value ? null : <LogInOver api={running.api} roles={ROLES} onLoggedIn={() => running.wake()} />}
      <Toasts />
    </OpsStoreProvider>
  );
}

await startMessages(loaders);
document.title = `${t('title')} · orderpush`;
const page = document.getElementById('page');
if (page) render(<OperationsPage />, page);
