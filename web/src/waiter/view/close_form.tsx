import { isUnserved } from '../floor';
import { t } from '../messages';
import { isLive, type ShownTable } from '../table_status';
import { openTable, useMoney, useFloorStore } from './context';
import './forms.css';

export function CloseForm({ shown: { table, bill, orders }, sessionId }: { shown: ShownTable; sessionId: string }) {
  const store = useFloorStore();
  const amount = useMoney();
  const unserved = orders.filter(isUnserved);
  const lines = unserved.flatMap(({ items }) => items.filter((item) => isLive(item) && item.status !== 'served')).length;
  const close = (openOrders?: 'cancel') => {
    store.act({ kind: 'close', sessionId, table: table.table, ...(openOrders === undefined ? {} : { openOrders }) });
    openTable(table.id);
  };
  return (
    <div class="sheet-scroll task">
      <h3>{t('closeTitle', { table: table.table })}</h3>
      <p class={bill.outstanding > 0 ? 'warning' : ''}>
        {bill.outstanding > 0 ? t('closeUnpaid', { amount: amount(bill.outstanding) }) : t('closePaid')}
      </p>
      {lines > 0 ? <p>{t('closeUnserved', { count: lines })}</p> : null}
      <button type="button" class={bill.outstanding > 0 ? 'danger' : 'primary'} data-action="confirm-close" onClick={() => close()}>
        {t('closeConfirm')}
      </button>
      {unserved.length === 0 ? null : (
        <button type="button" class="danger" data-action="confirm-close-cancel" onClick={() => close('cancel')}>
          {t('closeCancel', { count: String(unserved.length) })}
        </button>
      )}
      <button type="button" onClick={() => openTable(table.id)}>
        {t('back')}
      </button>
    </div>
  );
}
