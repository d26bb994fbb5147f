import { formText } from '../../base/ui/form_text';
import { t } from '../messages';
import type { ShownTable } from '../table_status';
import { openTable, useFloorStore } from './context';
import './forms.css';

const REASONS = ['cancelGuest', 'cancelWrong', 'cancelLate'] as const;

/** A cancel request needs a reason; the kitchen's answer comes back to every tablet. */
export function CancelForm({ shown: { table, orders }, orderId }: { shown: ShownTable; orderId: string }) {
  const store = useFloorStore();
  const order = orders.find(({ id }) => id === orderId);
  const requestCancel = (text: string) => {
    const reason = text.trim();
    if (reason === '') return;
    store.act({ kind: 'askCancel', orderId, reason, table: table.table });
    openTable(table.id);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    requestCancel(formText(event, 'reason'));
  };
  return (
    <form class="sheet-scroll task" onSubmit={submit}>
      <h3>{t('cancelTitle', { number: order?.orderNumber ?? '' })}</h3>
      {REASONS.map((reason) => (
        <button key={reason} type="button" class="choice-button" data-reason={reason} onClick={() => requestCancel(t(reason))}>
          {t(reason)}
        </button>
      ))}
      <label>
        {t('cancelOther')}
        <input name="reason" dir="auto" maxLength={500} required />
      </label>
      <button type="submit" class="primary">
        {t('cancelSend')}
      </button>
    </form>
  );
}
