import { useComputed } from '@preact/signals';
import { ConnectionBadge } from '../../base/ui/connection_badge';
import '../../base/ui/top_bar.css';
import { FilterSelect } from '../../base/ui/filter_select';
import { SoundButton } from '../../base/ui/sound_button';
import { WallClock } from '../../base/ui/wall_clock';
import { t } from '../messages';
import { prefer, preferences } from '../preferences';
import type { Sound } from '../sound';
import { AlarmsAside } from './alarm_banner';
import { isSettingsOpen, useFloorStore } from './context';
import { Icon } from './icons';
import './top_bar.css';

/** Always visible: whether this tablet is connected, counts, and the time. */
export function TopBar({ sound }: { sound: Sound }) {
  const store = useFloorStore();
  const waiting = store.queue.waiting.value.length;
  const { isSoundOn } = preferences.value;
  return (
    <header class="top-bar">
      <h1 class="visually-hidden">{t('title')}</h1>
      <ConnectionBadge
        state={store.feed.state.value}
        waiting={waiting > 0 ? t('waiting', { count: waiting }) : undefined}
      />
      <AlarmsAside />
      <Counts />
      <AreaChoice />
      <div class="top-buttons">
        <SoundButton sound={sound} isOn={isSoundOn} lockedText={t('soundLocked')} onToggle={() => prefer({ isSoundOn: !isSoundOn })}>
          {(text) => (
            <>
              <Icon name={isSoundOn ? 'bell' : 'mute'} />
              <span class="button-word">{text}</span>
            </>
          )}
        </SoundButton>
        <button type="button" onClick={() => (isSettingsOpen.value = true)}>
          <Icon name="sliders" />
          <span class="button-word">{t('settings')}</span>
        </button>
      </div>
      <WallClock />
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

function AreaChoice() {
  return (
    <FilterSelect
      class="area-choice"
      label={t('area')}
      allLabel={t('areaAll')}
      options={useFloorStore().areas.value}
      chosenId={preferences.value.areaId}
      onChoose={(areaId) => prefer({ areaId })}
    />
  );
}
