// Reports to the service which events this device has received, and which were visible on it. In batches with a low
// priority: failed batches are retried, and the oldest ids are dropped beyond a limit.

import type { ApiClient } from './api/client';
import { ApiError } from './api/error';

type Kind = 'received' | 'seen';

const FLUSH_MS = 400;
const RETRY_MS = 5_000;
/** The pause after a refusal by the service. */
const REFUSED_MS = 5 * 60_000;
const BATCH_MAX = 500;
const WAITING_MAX = 2_000;

export class Receipts {
  private readonly waiting: Record<Kind, Set<string>> = { received: new Set(), seen: new Set() };
  private timer: number | undefined;
  private isSending = false;

  constructor(
    private readonly api: ApiClient,
    private readonly deviceId: string,
    private readonly isReady: () => boolean,
  ) {}

  received(eventId: string): void {
    this.add('received', eventId);
  }

  seen(eventId: string): void {
    this.add('seen', eventId);
  }

  private add(kind: Kind, eventId: string): void {
    const waiting = this.waiting[kind];
    waiting.add(eventId);
    if (waiting.size > WAITING_MAX) for (const oldest of waiting) return void waiting.delete(oldest);
    this.schedule(FLUSH_MS);
  }

  private schedule(ms: number): void {
    if (this.timer !== undefined || this.isSending) return;
    this.timer = window.setTimeout(() => void this.flush(), ms);
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    this.isSending = true;
    let pauseMs = FLUSH_MS;
    try {
      for (const kind of ['received', 'seen'] as const) await this.send(kind);
    } catch (error) {
      pauseMs = error instanceof ApiError && error.kind === 'problem' && !error.isTransient ? REFUSED_MS : RETRY_MS;
    }
    this.isSending = false;
    if (this.waiting.received.size + this.waiting.seen.size > 0) this.schedule(pauseMs);
  }

  private async send(kind: Kind): Promise<void> {
    const eventIds = [...this.waiting[kind]].slice(0, BATCH_MAX);
    if (eventIds.length === 0 || !this.isReady()) return;
    await this.api.postTo('/v1/receipts', { deviceId: this.deviceId, kind, eventIds });
    for (const id of eventIds) this.waiting[kind].delete(id);
  }
}
