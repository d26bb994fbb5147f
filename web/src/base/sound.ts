// Sounds made by the page itself. Browsers keep a page silent until a user gesture: until then `isLocked` is true.

import { signal } from '@preact/signals';

export interface Tone {
  hertz: number;
  /** Seconds from the beginning of the cue. */
  from: number;
  seconds: number;
  wave: OscillatorType;
}

const VOLUME = 0.35;
/** Several of the same cue within this time are one sound. */
const PAUSE_MS = 900;

export class Sound<Cue extends string> {
  readonly isLocked = signal(true);
  private context: AudioContext | undefined;
  private readonly lastPlayed = new Map<Cue, number>();

  constructor(private readonly cues: Record<Cue, Tone[]>) {
    this.unlock();
  }

  /** Works within a user gesture; elsewhere `isLocked` stays true. */
  readonly unlock = (): void => {
    try {
      this.context ??= new AudioContext();
    } catch {
      return; // no sound on this device
    }
    this.context.onstatechange = () => this.updateLock();
    if (this.context.state !== 'running') this.context.resume().catch(() => undefined);
    this.updateLock();
  };

  play(cue: Cue): void {
    const now = Date.now();
    if (!this.context || this.context.state !== 'running') return;
    if (now - (this.lastPlayed.get(cue) ?? 0) < PAUSE_MS) return;
    this.lastPlayed.set(cue, now);
    for (const tone of this.cues[cue]) this.sound(this.context, tone);
  }

  /** Browsers lock again what was unlocked (a call, a sleep): then the next gesture is waited for anew. */
  private updateLock(): void {
    this.isLocked.value = this.context?.state !== 'running';
    for (const gesture of ['pointerdown', 'keydown'] as const) {
      if (this.isLocked.value) window.addEventListener(gesture, this.unlock);
      else window.removeEventListener(gesture, this.unlock);
    }
  }

  private sound(context: AudioContext, { hertz, from, seconds, wave }: Tone): void {
    const start = context.currentTime + from;
    const oscillator = new OscillatorNode(context, { type: wave, frequency: hertz });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(VOLUME, start + 0.02);
    gain.gain.linearRampToValueAtTime(0, start + seconds);
    oscillator.connect(gain).connect(context.destination);
    oscillator.onended = () => gain.disconnect();
    oscillator.start(start);
    oscillator.stop(start + seconds);
  }
}
