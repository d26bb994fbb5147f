// The operations page: the health of the service, for managers.

import { effect } from '@preact/signals';
import type { Schemas } from '../base/api/client';
import type { ApiError } from '../base/api/error';
import { staff } from '../base/staff';
import { startPage } from '../base/start_page';
import { staffStore } from '../base/staff_store';
import '../base/ui/base.css';
import { StaffPage } from '../base/ui/staff_page';
import { showToast } from '../base/ui/toasts';
import './ops.css';
import { openOrderOf, rememberOpenOrder } from './address';
import { loaders, t } from './messages';
import { OpsStore } from './ops_store';
import { OpsStoreProvider } from './view/context';
import { OpsView } from './view/ops_view';
import { Refusal } from './view/refusal';

const ROLES: Schemas['Role'][] = ['ADMIN', 'MANAGER'];

function onRefused(error: ApiError): void {
  const isSettled = error.code === 'delivery_settled' || error.code === 'delivery_not_found';
  showToast(isSettled ? 'info' : 'error', isSettled ? t('settled') : t('failed', { detail: error.message }));
}

/** One store per person: a second log-in of the same person continues it. */
const store = staffStore({
  roles: ROLES,
  identity: 'staffId',
  create: (who) => {
    const fresh = new OpsStore(who, { onRefused, onRetried: (count) => showToast('info', t('sentAgain', { count })) });
    const orderId = openOrderOf(window.location.hash);
    if (orderId) void fresh.search.find(orderId);
    return fresh;
  },
});

effect(() => {
  const open = store.value?.search.open.value;
  if (store.value) rememberOpenOrder(open?.order.id);
});

function OperationsPage() {
  const who = staff.value;
  if (!store.value && who && !ROLES.includes(who.role)) return <Refusal who={who} />;
  return (
    <StaffPage title={t('title')} roles={ROLES} store={store.value} isHearing={false} waiting={0}>
      <OpsStoreProvider value={store.value}>
        <OpsView />
      </OpsStoreProvider>
    </StaffPage>
  );
}

startPage('/ops', loaders, () => {
  document.title = `${t('title')} · orderpush`;
  return <OperationsPage />;
});
