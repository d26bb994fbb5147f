// A board that was read shows orders whose events this page never received. They are fetched from the channel's log, so that
// the page can send receipts for them too: otherwise the service would report a displayed order as unseen.

import type { ApiClient } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { backoffMs } from '../base/backoff';
import type { PushedEvent } from '../base/realtime/event';

export interface EventBackfillOptions {
  channel: string;
  isReady: () => boolean;
  onEvent: (event: PushedEvent, orderId: string) => void;
}

const PAGE = 200;
/** Orders further back are so old that a receipt for them no longer matters. */
const PAGES_MAX = 5;
const BACKFILLED_TYPES = new Set(['order:created', 'order:items_added']);

export class EventBackfill {
  private wanted = new Set<string>();
  private end = 0;
  private isRunning = false;
  private failures = 0;
  private timer: number | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly options: EventBackfillOptions,
  ) {}

  /** Searches for the events of these orders, up to that position. Replaces the previous search. */
  find(orderIds: Iterable<string>, end: number): void {
    this.wanted = new Set(orderIds);
    this.end = end;
    this.failures = 0;
    void this.run();
  }

  wake(): void {
    this.failures = 0;
    void this.run();
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.wanted.clear();
  }

  private async run(): Promise<void> {
    window.clearTimeout(this.timer);
    if (this.isRunning || this.wanted.size === 0 || !this.options.isReady()) return;
    this.isRunning = true;
    const wanted = this.wanted;
    try {
      await this.search(wanted, this.end);
      if (this.wanted === wanted) this.wanted = new Set();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!error.isTransient) wanted.clear();
    } finally {
      this.isRunning = false;
    }
    if (this.wanted.size > 0) this.timer = window.setTimeout(() => void this.run(), 250 + backoffMs(this.failures++));
  }

  private async search(wanted: ReadonlySet<string>, position: number): Promise<void> {
    const missing = new Set(wanted);
    let end = position;
    for (let page = 0; page < PAGES_MAX && end > 0 && missing.size > 0; page++) {
      const after = Math.max(0, end - PAGE);
      const { events } = await this.api.get('/v1/channels/{channel}/events', {
        path: { channel: this.options.channel },
        query: { after, limit: PAGE },
        tries: 1,
      });
      for (const event of events as PushedEvent[]) {
        const orderId = event['orderId'];
        if (event.seq > end || !BACKFILLED_TYPES.has(event.type) || typeof orderId !== 'string') continue;
        if (!wanted.has(orderId)) continue;
        if (event.type === 'order:created') missing.delete(orderId);
        this.options.onEvent(event, orderId);
      }
      end = after;
    }
  }
}
