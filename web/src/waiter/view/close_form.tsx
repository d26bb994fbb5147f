import { t } from '../messages';
import type { ShownTable } from '../table_status';
import { openTable, useMoney, useFloorStore } from './context';
import './forms.css';

export function CloseForm({ shown: { table, bill }, sessionId }: { shown: ShownTable; sessionId: string }) {
  const store = useFloorStore();
  const amount = useMoney();
  const close = () => {
    store.act({ kind: 'close', sessionId, table: table.table });
    openTable(table.id);
  };
  return (
    <div class="sheet-scroll task">
      <h3>{t('closeTitle', { table: table.table })}</h3>
      <p class={bill.outstanding > 0 ? 'warning' : ''}>
        {bill.outstanding > 0 ? t('closeUnpaid', { amount: amount(bill.outstanding) }) : t('closePaid')}
      </p>
      <button type="button" class={bill.outstanding > 0 ? 'danger' : 'primary'} data-action="confirm-close" onClick={close}>
        {t('closeConfirm')}
      </button>
      <button type="button" onClick={() => openTable(table.id)}>
        {t('back')}
      </button>
    </div>
  );
}
