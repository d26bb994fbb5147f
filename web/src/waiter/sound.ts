import type { Sound as CueSound, Tone } from '../base/sound';

/** ready: serve it; alarm: go to the kitchen; answered: the kitchen has answered a cancel request. */
export type Cue = 'ready' | 'alarm' | 'answered';

/** Distinct by ear: two bells, a siren, a single low knock. */
export const CUES: Record<Cue, Tone[]> = {
  ready: [
    { hertz: 1047, from: 0, seconds: 0.3, wave: 'sine' },
    { hertz: 1319, from: 0.25, seconds: 0.55, wave: 'sine' },
  ],
  alarm: [
    { hertz: 880, from: 0, seconds: 0.25, wave: 'square' },
    { hertz: 587, from: 0.25, seconds: 0.25, wave: 'square' },
    { hertz: 880, from: 0.5, seconds: 0.25, wave: 'square' },
    { hertz: 587, from: 0.75, seconds: 0.35, wave: 'square' },
  ],
  answered: [{ hertz: 523, from: 0, seconds: 0.25, wave: 'triangle' }],
};

export type Sound = CueSound<Cue>;
