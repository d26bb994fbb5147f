// The log of one channel in this page: every event once, in the order of `seq`, pushed or fetched.

import type { PushedEvent } from './event';

/** Held back events of one channel; beyond it the oldest are dropped, and catching up brings them again. */
const HELD_MAX = 1000;

export class ChannelLog {
  private last: number | undefined;
  private readonly held = new Map<number, PushedEvent>();

  /** `deliver` gets each event once, in order. */
  constructor(private readonly deliver: (event: PushedEvent) => void) {}

  /** Up to where the page knows the channel; undefined: nothing is delivered before startAfter(). */
  get position(): number | undefined {
    return this.last;
  }

  /** Whether events behind the position are missing. */
  get hasGap(): boolean {
    return this.last !== undefined && this.held.size > 0;
  }

  /** What the page just read contains all up to `seq`: go on behind it. */
  startAfter(seq: number): void {
    this.last = seq;
    for (const known of [...this.held.keys()].filter((one) => one <= seq)) this.held.delete(known);
    this.drain();
  }

  /** False: it was known. What comes too early is held back until what is missing has come. */
  offer(event: PushedEvent): boolean {
    if (this.last !== undefined && event.seq <= this.last) return false;
    if (this.held.has(event.seq)) return false;
    this.held.set(event.seq, event);
    if (this.held.size > HELD_MAX) this.held.delete(Math.min(...this.held.keys()));
    this.drain();
    return true;
  }

  /** The service's own log ends at `seq`, and all of it was offered: nothing will fill what is still missing below. */
  confirmUpTo(seq: number): void {
    if (this.last === undefined) return;
    for (const next of [...this.held.keys()].filter((one) => one <= seq).sort((a, b) => a - b)) {
      this.last = next - 1;
      this.drain();
    }
    this.last = Math.max(this.last, seq);
    this.drain();
  }

  private drain(): void {
    while (this.last !== undefined) {
      const next = this.held.get(this.last + 1);
      if (next === undefined) return;
      this.held.delete(next.seq);
      this.last = next.seq;
      this.deliver(next);
    }
  }
}
