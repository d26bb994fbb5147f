import { joined } from '../../base/bidi';
import { formatTime } from '../../base/format';
import { logOut } from '../../base/staff';
import { LanguageChoice, ThemeChoice } from '../../base/ui/choices';
import { ConnectionBadge } from '../../base/ui/connection_badge';
import '../../base/ui/top_bar.css';
import { Dialog } from '../../base/ui/dialog';
import '../../base/ui/settings.css';
import { t } from '../messages';
import { useOpsStore } from './context';
import './top_bar.css';

/** The branch and the person, the age of the data, and the connection. */
export function TopBar({ onSettings }: { onSettings: () => void }) {
  const store = useOpsStore();
  const overview = store.overview.value;
  const branches = overview?.branches ?? [];
  const [only] = branches;
  const place = branches.length === 1 ? only?.name : branches.length > 1 ? t('branches', { count: branches.length }) : '';
  return (
    <header class="top-bar">
      <div class="top-title">
        <h1>{t('title')}</h1>
        <p>{joined([place, store.staff.name])}</p>
      </div>
      <div class="top-state">
        <Freshness />
        <ConnectionBadge state={store.feed.state.value} />
        <button type="button" onClick={onSettings}>
          {t('settings')}
        </button>
      </div>
    </header>
  );
}

export function SettingsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('settings')} onClose={onClose}>
      <div class="settings">
        <LanguageChoice />
        <ThemeChoice />
        <button type="button" onClick={logOut}>
          {t('logOut')}
        </button>
      </div>
    </Dialog>
  );
}

function Freshness() {
  const store = useOpsStore();
  const { overview, fault } = store;
  if (!overview.value) return null;
  const time = formatTime(overview.value.asOf, { second: '2-digit' });
  return (
    <span class={fault.value ? 'freshness is-stale' : 'freshness'} data-stale={fault.value !== undefined}>
      {fault.value ? t('staleAsOf', { time }) : t('asOf', { time })}
    </span>
  );
}
