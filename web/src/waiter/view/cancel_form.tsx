import { t } from '../messages';
import type { ShownTable } from '../stage';
import { openTable, useTablet } from './context';

const REASONS = ['cancelGuest', 'cancelWrong', 'cancelLate'] as const;

/** The kitchen is asked with a reason; what it says comes back to every tablet. */
export function CancelForm({ shown: { table, orders }, orderId }: { shown: ShownTable; orderId: string }) {
  const tablet = useTablet();
  const order = orders.find(({ id }) => id === orderId);
  const ask = (text: string) => {
    const reason = text.trim();
    if (reason === '') return;
    tablet.act({ kind: 'askCancel', orderId, reason, table: table.table });
    openTable(table.id);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const reason = new FormData(event.currentTarget as HTMLFormElement).get('reason');
    ask(typeof reason === 'string' ? reason : '');
  };
  return (
    <form class="sheet-scroll task" onSubmit={submit}>
      <h3>{t('cancelTitle', { number: order?.orderNumber ?? '' })}</h3>
      {REASONS.map((reason) => (
        <button key={reason} type="button" class="choice-button" data-reason={reason} onClick={() => ask(t(reason))}>
          {t(reason)}
        </button>
      ))}
      <label>
        {t('cancelOther')}
        <input name="reason" maxLength={500} required />
      </label>
      <button type="submit" class="primary">
        {t('cancelSend')}
      </button>
    </form>
  );
}
