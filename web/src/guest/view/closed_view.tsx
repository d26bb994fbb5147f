import { t } from '../messages';
import { useGuestSession } from './context';
import { Bill } from './bill_view';
import './closed_view.css';

/** The guests have paid, or left. */
export function ClosedView() {
  const { tableSession, view, placing } = useGuestSession();
  return (
    <main class="over" data-stage="over">
      <header class="over-head">
        <p class="notice-mark" aria-hidden="true">
          ♡
        </p>
        <h1>{t('overTitle')}</h1>
        <p>{t('overText', { branch: tableSession.branchName })}</p>
      </header>
      {placing.value ? <p role="alert">{t('overUnsent')}</p> : null}
      <section class="over-bill" aria-labelledby="over-bill">
        <h2 id="over-bill">{t('overBill')}</h2>
        {view.value ? <Bill view={view.value} /> : <p class="soft">{t('overNoBill')}</p>}
      </section>
      <p class="soft">{t('overAgain')}</p>
    </main>
  );
}
