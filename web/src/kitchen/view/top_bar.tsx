import { useComputed } from '@preact/signals';
import { locale } from '../../base/i18n';
import { now } from '../../base/clock';
import { ConnectionBadge } from '../../base/ui/connection_badge';
import { stationOf } from '../arrange';
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
        <SoundButton sound={sound} />
        <button type="button" onClick={() => (panel.value = { kind: 'settings' })}>
          {t('settings')}
        </button>
      </div>
      <Clock />
    </header>
  );
}

function Clock() {
  const text = useComputed(() =>
    new Date(now.value).toLocaleTimeString(locale.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  );
  return <span class="clock">{text}</span>;
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
  const board = useDisplay().board.value;
  const { stations } = board;
  if (stations.length < 2) return null;
  return (
    <select
      class="station-choice"
      aria-label={t('station')}
      value={stationOf(board, preferences.value.stationId) ?? ''}
      onChange={({ currentTarget }) => prefer({ stationId: currentTarget.value || undefined })}
    >
      <option value="">{t('stationAll')}</option>
      {stations.map(({ id, name }) => (
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
      {text}
    </button>
  );
}
