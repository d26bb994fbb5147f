import { useSignal } from '@preact/signals';
import { Dialog } from '../../base/ui/dialog';
import { NOTE_MAX } from '../cart';
import { t } from '../messages';
import { closeSheet, useGuestSession } from './context';
import './sheets.css';

const REASONS = ['cancelMistake', 'cancelChanged', 'cancelOther'] as const;

export function CancelSheet({ orderId }: { orderId: string }) {
  const session = useGuestSession();
  const chosen = useSignal<(typeof REASONS)[number]>('cancelMistake');
  const own = useSignal('');
  const order = session.view.value?.orders.find(({ id }) => id === orderId);
  if (!order) return null;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const reason = chosen.value === 'cancelOther' ? own.value.trim() : t(chosen.value);
    if (reason === '') return;
    session.requestCancel(orderId, reason);
    closeSheet();
  };
  return (
    <Dialog title={t('cancelTitle', { number: order.orderNumber })} onClose={closeSheet} class="sheet">
      <form class="cancel-sheet" onSubmit={submit}>
        <fieldset>
          <legend>{t('cancelText')}</legend>
          {REASONS.map((reason) => (
            <label key={reason} class="radio">
              <input type="radio" name="reason" checked={chosen.value === reason} onChange={() => (chosen.value = reason)} />
              {t(reason)}
            </label>
          ))}
        </fieldset>
        {chosen.value === 'cancelOther' ? (
          <label class="field">
            {t('cancelOtherText')}
            <input
              type="text"
              dir="auto"
              required
              maxLength={NOTE_MAX}
              value={own.value}
              onInput={({ currentTarget }) => (own.value = currentTarget.value)}
            />
          </label>
        ) : null}
        <div class="buttons">
          <button type="submit" class="primary">
            {t('cancelSend')}
          </button>
          <button type="button" onClick={closeSheet}>
            {t('cancelKeep')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
