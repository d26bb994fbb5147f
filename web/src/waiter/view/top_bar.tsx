import { useComputed } from '@preact/signals';
import { now } from '../../base/clock';
import { locale } from '../../base/i18n';
import { ConnectionBadge } from '../../base/ui/connection_badge';
import { t } from '../messages';
import { prefer, preferences } from '../preferences';
import type { Sound } from '../sound';
import { isSettingsOpen, useFloorStore } from './context';
import { Icon } from './icons';

/** Always visible: whether this tablet is connected, counts, and the time. */
export function TopBar({ sound }: { sound: Sound }) {
  const store = useFloorStore();
  const waiting = store.queue.waiting.value.length;
  return (
    <header class="top-bar">
      <h1 class="visually-hidden">{t('title')}</h1>
      <ConnectionBadge
        state={store.feed.state.value}
        waiting={waiting > 0 ? t('waiting', { count: waiting }) : undefined}
      />
      <Counts />
      <AreaChoice />
      <div class="top-buttons">
        <SoundButton sound={sound} />
        <button type="button" onClick={() => (isSettingsOpen.value = true)}>
          <Icon name="sliders" />
          <span class="button-word">{t('settings')}</span>
        </button>
      </div>
      <Clock />
    </header>
  );
}

function Counts() {
  const store = useFloorStore();
  const counts = useComputed(() => {
    const tables = store.areas.value.flatMap((area) => area.tables);
    return [
      ['countReady', store.ready.value.length],
      ['countToPay', tables.filter(({ status }) => status === 'toPay').length],
      ['countOccupied', tables.filter(({ session }) => session !== undefined).length],
    ] as const;
  });
  return (
    <p class="counts">
      {counts.value.map(([label, count]) => (
        <span key={label} data-count={label}>
          <b>{count}</b> {t(label)}
        </span>
      ))}
    </p>
  );
}

function Clock() {
  const text = useComputed(() =>
    new Date(now.value).toLocaleTimeString(locale.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  );
  return <span class="clock">{text}</span>;
}

function AreaChoice() {
  const areas = useFloorStore().areas.value;
  if (areas.length < 2) return null;
  const { areaId } = preferences.value;
  return (
    <select
      class="area-choice"
      aria-label={t('area')}
      value={areas.some(({ id }) => id === areaId) ? areaId : ''}
      onChange={({ currentTarget }) => prefer({ areaId: currentTarget.value || undefined })}
    >
      <option value="">{t('areaAll')}</option>
      {areas.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function SoundButton({ sound }: { sound: Sound }) {
  const { isSoundOn } = preferences.value;
  const isLocked = isSoundOn && sound.isLocked.value;
  const text = isLocked ? t('soundLocked') : isSoundOn ? t('soundOn') : t('soundOff');
  const toggle = () => {
    // The touch itself unlocks; it is not meant to turn the sound off.
    if (!isLocked) prefer({ isSoundOn: !isSoundOn });
    sound.unlock();
  };
  return (
    <button type="button" class={isLocked ? 'sound-locked' : ''} aria-pressed={isSoundOn && !isLocked} onClick={toggle}>
      <Icon name={isSoundOn ? 'bell' : 'mute'} />
      <span class="button-word">{text}</span>
    </button>
  );
}
