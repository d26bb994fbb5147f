import type { ComponentChildren } from 'preact';
import { translator } from '../i18n';
import type common from '../i18n/en.json';
import type { Sound } from '../sound';

const t = translator<typeof common>();

interface SoundButtonProps {
  sound: Pick<Sound<string>, 'isLocked' | 'unlock'>;
  isOn: boolean;
  /** The text while the browser waits for a gesture. */
  lockedText: string;
  onToggle: () => void;
  /** Lays out the text; default: the text alone. */
  children?: (text: string) => ComponentChildren;
}

/** Turns sounds on and off; while the browser keeps the page silent, the press itself unlocks them. */
export function SoundButton({ sound, isOn, lockedText, onToggle, children }: SoundButtonProps) {
  const isLocked = isOn && sound.isLocked.value;
  const text = isLocked ? lockedText : isOn ? t('soundOn') : t('soundOff');
  const press = () => {
    // The gesture that unlocks is not meant to turn the sound off.
    if (!isLocked) onToggle();
    sound.unlock();
  };
  return (
    <button type="button" class={isLocked ? 'sound-locked' : ''} aria-pressed={isOn && !isLocked} onClick={press}>
      {children ? children(text) : text}
    </button>
  );
}
