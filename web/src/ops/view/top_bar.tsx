import { logOut } from '../../base/staff';
import { LanguageChoice, ThemeChoice } from '../../base/ui/choices';
import { ConnectionBadge } from '../../base/ui/connection_badge';
import { Dialog } from '../../base/ui/dialog';
import { t } from '../messages';
import { clock } from '../span';
import { useDesk } from './context';

/** Who looks, at what, how fresh it is, and whether this page is connected. */
export function TopBar({ onSettings }: { onSettings: () => void }) {
  const desk = useDesk();
  const overview = desk.overview.value;
  const branches = overview?.branches ?? [];
  const [only] = branches;
  const place = branches.length === 1 ? only?.name : branches.length > 1 ? t('branches', { count: branches.length }) : '';
  return (
    <header class="top-bar">
      <div class="top-title">
        <h1>{t('title')}</h1>
        <p>{[place, desk.staff.name].filter(Boolean).join(' · ')}</p>
      </div>
      <div class="top-state">
        <Freshness />
        <ConnectionBadge state={desk.feed.state.value} />
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
  const desk = useDesk();
  const { overview, fault } = desk;
  if (!overview.value) return null;
  const time = clock(overview.value.asOf, { second: '2-digit' });
  return (
    <span class={fault.value ? 'freshness is-stale' : 'freshness'} data-stale={fault.value !== undefined}>
      {fault.value ? t('staleAsOf', { time }) : t('asOf', { time })}
    </span>
  );
}
