import { logOut } from '../../base/staff';
import { LanguageChoice, ThemeChoice } from '../../base/ui/choices';
import { Dialog } from '../../base/ui/dialog';
import '../../base/ui/settings.css';
import { t } from '../messages';
import type { Sound } from '../sound';
import { isSettingsOpen, useFloorStore } from './context';

export function Settings({ sound }: { sound: Sound }) {
  const { staff } = useFloorStore();
  const close = () => (isSettingsOpen.value = false);
  if (!isSettingsOpen.value) return null;
  return (
    <Dialog title={t('settings')} onClose={close}>
      <p>{t('loggedInAs', { name: staff.name, role: staff.role })}</p>
      <div class="settings settings-wide">
        <LanguageChoice />
        <ThemeChoice />
        <button type="button" onClick={() => sound.play('ready')}>
          {t('sound')}: {t('soundTest')}
        </button>
        <button type="button" onClick={() => (close(), logOut())}>
          {t('logOut')}
        </button>
      </div>
    </Dialog>
  );
}
