// Events whose orders are still to be read: if nothing can be read any more, they are all that is known of them.

import type { PushedEvent } from './realtime/event';

/** More are dropped, oldest first: after a log-in all is read anyway. */
const KEPT_MAX = 500;

export class UnreadEvents {
  private kept: { orderId: string; event: PushedEvent }[] = [];

  add(orderId: string, event: PushedEvent): void {
    this.kept = [...this.kept, { orderId, event }].slice(-KEPT_MAX);
  }

  /** The order was read, or is not there. */
  settle(orderId: string): void {
    this.kept = this.kept.filter((one) => one.orderId !== orderId);
  }

  /** All of them, in order of arrival; they are forgotten here. */
  take(): PushedEvent[] {
    const { kept } = this;
    this.kept = [];
    return kept.map(({ event }) => event);
  }
}
