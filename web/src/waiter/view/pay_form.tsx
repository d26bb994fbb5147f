import { useSignal } from '@preact/signals';
import { METHODS, type Method } from '../actions';
import { METHOD_LABELS, t } from '../messages';
import { locale } from '../../base/i18n';
import { minorOf, plainAmount } from '../../base/money';
import type { ShownTable } from '../table_status';
import { openTable, useMoney, useFloorStore } from './context';
import './forms.css';
import './pay_form.css';

const PARTS = [
  ['payAll', 1],
  ['payHalf', 2],
  ['payThird', 3],
] as const;

/** All of what is outstanding, or a part of it. */
export function PayForm({ shown: { table, bill }, sessionId }: { shown: ShownTable; sessionId: string }) {
  const store = useFloorStore();
  const amount = useMoney();
  const { currency } = store.floor.value;
  const due = bill.outstanding;
  /** Undefined: all, whatever that is by then. */
  const typed = useSignal<string | undefined>(undefined);
  const method = useSignal<Method>('card');
  const text = typed.value ?? (due > 0 ? plainAmount(due, currency, locale.value) : '');
  const minor = minorOf(text, currency);
  const isFitting = minor !== undefined && minor <= due;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isFitting) return;
    store.act({ kind: 'pay', sessionId, amount: minor, method: method.value, table: table.table });
    openTable(table.id);
  };
  const after = isFitting && minor < due ? t('payLeft', { amount: amount(due - minor) }) : t('payCloses');
  return (
    <form class="sheet-scroll task" onSubmit={submit}>
      <h3>{t('payTitle', { table: table.table })}</h3>
      <p class="due">{amount(due)}</p>
      <div class="parts" role="group" aria-label={t('payAmount')}>
        {PARTS.map(([label, parts]) => (
          <button key={label} type="button" onClick={() => (typed.value = parts === 1 ? undefined : plainAmount(Math.ceil(due / parts), currency, locale.value))}>
            {t(label)}
          </button>
        ))}
      </div>
      <label>
        {t('payAmount')} ({currency})
        <input
          name="amount"
          inputMode="decimal"
          autocomplete="off"
          required
          value={text}
          aria-invalid={!isFitting}
          aria-describedby="pay-help"
          onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
        />
      </label>
      <p id="pay-help" class={isFitting ? 'help' : 'fault'}>
        {isFitting ? after : t('payWrong', { amount: amount(due) })}
      </p>
      <Methods chosen={method.value} onChoose={(one) => (method.value = one)} />
      <button type="submit" class="primary" data-action="confirm-pay" disabled={!isFitting}>
        {t('payConfirm', { amount: isFitting ? amount(minor) : '' })}
      </button>
    </form>
  );
}

function Methods({ chosen, onChoose }: { chosen: Method; onChoose: (method: Method) => void }) {
  return (
    <fieldset class="methods">
      <legend>{t('payMethod')}</legend>
      {METHODS.map((method) => (
        <label key={method} class={method === chosen ? 'is-chosen' : ''}>
          <input type="radio" name="method" value={method} checked={method === chosen} onChange={() => onChoose(method)} />
          {t(METHOD_LABELS[method])}
        </label>
      ))}
    </fieldset>
  );
}
