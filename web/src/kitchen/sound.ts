import type { Sound as CueSound, Tone } from '../base/sound';
import type { Cue } from './board';

/** Distinct by ear: rising is new, a double knock is a change, falling and rough is a cancellation. */
export const CUES: Record<Cue, Tone[]> = {
  created: [
    { hertz: 659, from: 0, seconds: 0.18, wave: 'triangle' },
    { hertz: 880, from: 0.18, seconds: 0.18, wave: 'triangle' },
    { hertz: 1319, from: 0.36, seconds: 0.35, wave: 'triangle' },
  ],
  changed: [
    { hertz: 988, from: 0, seconds: 0.12, wave: 'triangle' },
    { hertz: 988, from: 0.22, seconds: 0.12, wave: 'triangle' },
  ],
  cancelled: [
    { hertz: 440, from: 0, seconds: 0.25, wave: 'square' },
    { hertz: 294, from: 0.25, seconds: 0.25, wave: 'square' },
    { hertz: 196, from: 0.5, seconds: 0.45, wave: 'square' },
  ],
};

export type Sound = CueSound<Cue>;
