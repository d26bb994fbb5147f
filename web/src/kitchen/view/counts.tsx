import { t } from '../messages';
import { useDisplay } from './context';

/** How many tickets are where. */
export function Counts() {
  const shown = useDisplay().columns.value.flatMap(({ tickets }) => tickets).filter(({ isGone }) => !isGone);
  const count = (...statuses: string[]) => shown.filter(({ ticket }) => statuses.includes(ticket.status)).length;
  return (
    <p class="counts">
      <span>
        <b>{count('pending', 'acknowledged')}</b> {t('countNew')}
      </span>
      <span>
        <b>{count('preparing')}</b> {t('countPreparing')}
      </span>
      <span>
        <b>{count('ready')}</b> {t('countReady')}
      </span>
    </p>
  );
}
