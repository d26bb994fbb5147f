import { t } from '../messages';
import { isUnserved } from '../session_state';
import { useGuestSession } from './context';
import { Bill } from './bill_view';
import './closed_view.css';

/** The session is closed: the guests have paid or left, or wait for what they paid. */
export function ClosedView() {
  const { tableSession, view, placing } = useGuestSession();
  const isComing = view.value?.orders.some(isUnserved) ?? false;
  const branch = tableSession.branchName;
  return (
    <main class="over" data-stage={isComing ? 'coming' : 'over'}>
      <header class="over-head">
        <p class="notice-mark" aria-hidden="true">
          {isComing ? '…' : '♡'}
        </p>
        <h1>{isComing ? t('overComingTitle') : t('overTitle')}</h1>
        <p>{isComing ? t('overComingText', { branch }) : t('overText', { branch })}</p>
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
