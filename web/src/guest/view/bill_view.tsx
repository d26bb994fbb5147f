import { formatMoney } from '../../base/format';
import { t } from '../messages';
import { billLines, type SessionView } from '../session_state';
import { useGuestSession } from './context';
import { NotThere, Notice } from './notices';
import './bill_view.css';

export function BillView() {
  const session = useGuestSession();
  const view = session.view.value;
  if (!view) return session.viewRefresher.failure.value ? <NotThere /> : <p role="status">{t('loading')}</p>;
  if (billLines(view).length === 0 && view.bill.paidAmount === 0) {
    return <Notice mark="◯" title={t('billEmptyTitle')} text={t('billEmptyText')} />;
  }
  return (
    <section class="bill-view">
      <h2>{t('billTitle')}</h2>
      <Bill view={view} />
      <p class="soft bill-hint">{view.bill.outstandingAmount > 0 ? t('billAsk') : t('billSettled')}</p>
    </section>
  );
}

/** What was ordered, what it comes to, and what is paid of it. */
export function Bill({ view }: { view: SessionView }) {
  const { totalAmount, finalAmount, paidAmount, outstandingAmount, refundDue, currency } = view.bill;
  const sums: [label: 'subtotal' | 'taxAlone' | 'total' | 'paid' | 'outstanding' | 'overpaid', amount: number, isShown: boolean][] = [
    ['subtotal', totalAmount, totalAmount !== finalAmount],
    ['taxAlone', finalAmount - totalAmount, totalAmount !== finalAmount],
    ['total', finalAmount, true],
    ['paid', paidAmount, paidAmount !== 0],
    [refundDue > 0 ? 'overpaid' : 'outstanding', refundDue > 0 ? refundDue : outstandingAmount, paidAmount !== 0],
  ];
  return (
    <table class="bill">
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{t('billItem')}</th>
          <th scope="col">{t('billAmount')}</th>
        </tr>
      </thead>
      <tbody>
        {billLines(view).map(({ name, unitPrice, quantity }) => (
          <tr key={`${name} ${unitPrice}`}>
            <th scope="row">
              <span class="bill-count">{quantity}×</span> <bdi>{name}</bdi>
              {quantity > 1 ? <span class="bill-each">{t('each', { price: formatMoney(unitPrice, currency) })}</span> : null}
            </th>
            <td>{formatMoney(unitPrice * quantity, currency)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {sums
          .filter(([, , isShown]) => isShown)
          .map(([label, amount]) => (
            <tr key={label} data-sum={label}>
              <th scope="row">{t(label)}</th>
              <td>{formatMoney(amount, currency)}</td>
            </tr>
          ))}
      </tfoot>
    </table>
  );
}
