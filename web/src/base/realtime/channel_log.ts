// The log of one channel in this page: every event once, in the order of `seq`, pushed or fetched.

import type { PushedEvent } from './event';

/** Held back events of one channel; beyond it the oldest are dropped, and catching up brings them again. */
const HELD_MAX = 1000;
/** Delivered events whose ids are remembered, the latest. */
const RECENT_MAX = 1000;

export class ChannelLog {
  private last: number | undefined;
  private lastEpoch: string | undefined;
  /** Ids by position. */
  private readonly recent = new Map<number, string>();
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

  /** The epoch of the log that the position is in, as far as the service said. */
  get epoch(): string | undefined {
    return this.lastEpoch;
  }

  /** The position means nothing any more: nothing is delivered before the next startAfter(). */
  forget(): void {
    this.last = undefined;
    this.lastEpoch = undefined;
    this.recent.clear();
    this.held.clear();
  }

  /** What the page just read contains all up to `seq` of the log of that epoch: go on behind it. */
  startAfter(seq: number, epoch?: string): void {
    if (epoch !== undefined && epoch !== this.lastEpoch) {
      if (this.lastEpoch !== undefined) this.forget();
      this.lastEpoch = epoch;
    }
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

  /** Whether it is that very event which this page had at its position; another one is of another log, or older than the page. */
  isKnown({ seq, id }: PushedEvent): boolean {
    return (this.recent.get(seq) ?? this.held.get(seq)?.id) === id;
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

  /** What is missing cannot be had now: deliver what has come. */
  skipGap(): void {
    if (this.hasGap) this.confirmUpTo(Math.max(...this.held.keys()));
  }

  private remember({ seq, id }: PushedEvent): void {
    this.recent.delete(seq);
    this.recent.set(seq, id);
    if (this.recent.size <= RECENT_MAX) return;
    const [oldest] = this.recent.keys();
    if (oldest !== undefined) this.recent.delete(oldest);
  }

  private drain(): void {
    while (this.last !== undefined) {
      const next = this.held.get(this.last + 1);
      if (next === undefined) return;
      this.held.delete(next.seq);
      this.last = next.seq;
      this.remember(next);
      this.deliver(next);
    }
  }
}
