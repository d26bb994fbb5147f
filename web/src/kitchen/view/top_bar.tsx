import { ConnectionBadge } from '../../base/ui/connection_badge';
import '../../base/ui/top_bar.css';
import { FilterSelect } from '../../base/ui/filter_select';
import { SoundButton } from '../../base/ui/sound_button';
import { WallClock } from '../../base/ui/wall_clock';
import { t } from '../messages';
import { prefer, preferences, type Preferences } from '../preferences';
import type { Sound } from '../sound';
import { panel, useDisplay } from './context';
import { Counts } from './counts';
import './top_bar.css';

/** Always visible: counts, the time, and whether this display is connected. */
export function TopBar({ sound }: { sound: Sound }) {
  const display = useDisplay();
  const waiting = display.queue.waiting.value.length;
  const { isSoundOn } = preferences.value;
  return (
    <header class="top-bar">
      <h1 class="visually-hidden">{t('title')}</h1>
      <ConnectionBadge
        state={display.feed.state.value}
        waiting={waiting > 0 ? t('waiting', { count: waiting }) : undefined}
      />
      <Counts />
      <StationChoice />
      <div class="top-buttons">
        <LayoutButton />
        <Toggle name="isAllDayShown" text={t('allDay')} />
        <button type="button" onClick={() => (panel.value = { kind: 'recall' })}>
          {t('recallOpen')}
        </button>
        <SoundButton sound={sound} isOn={isSoundOn} lockedText={t('soundLocked')} onToggle={() => prefer({ isSoundOn: !isSoundOn })} />
        <button type="button" onClick={() => (panel.value = { kind: 'settings' })}>
          {t('settings')}
        </button>
      </div>
      <WallClock />
    </header>
  );
}

function Toggle({ name, text }: { name: keyof Preferences & `is${string}`; text: string }) {
  return (
    <button
      type="button"
      aria-pressed={preferences.value[name]}
      onClick={() => prefer({ [name]: !preferences.value[name] })}
    >
      {text}
    </button>
  );
}

function LayoutButton() {
  const { layout } = preferences.value;
  const isByStatus = layout === 'status';
  return (
    <button type="button" onClick={() => prefer({ layout: isByStatus ? 'station' : 'status' })}>
      {isByStatus ? t('layoutStation') : t('layoutStatus')}
    </button>
  );
}

function StationChoice() {
  return (
    <FilterSelect
      class="station-choice"
      label={t('station')}
      allLabel={t('stationAll')}
      options={useDisplay().board.value.stations}
      chosenId={preferences.value.stationId}
      onChoose={(stationId) => prefer({ stationId })}
    />
  );
}
