import { logOut, type Staff } from '../../base/staff';
import { t } from '../messages';
import './refusal.css';

/** For those who are logged in on this device, but not for this page. */
export function Refusal({ who }: { who: Staff }) {
  return (
    <main class="refusal">
      <div class="panel" role="alert">
        <h1>{t('refusedTitle')}</h1>
        <p>{t('refusedText', { name: who.name, role: who.role })}</p>
        <button type="button" class="primary" onClick={logOut}>
          {t('refusedOther')}
        </button>
      </div>
    </main>
  );
}
