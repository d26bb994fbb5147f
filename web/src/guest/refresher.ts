// Reads a document of the service: one read at a time, one more if it was requested meanwhile, with retries.

import { signal } from '@preact/signals';
import { ApiError } from '../base/api/error';
import { backoffMs } from '../base/backoff';

export class Refresher {
  /** Why the last read failed; a retry is scheduled. */
  readonly failure = signal<ApiError | undefined>(undefined);
  private isRunning = false;
  private isWanted = false;
  private isStopped = false;
  private failures = 0;
  private timer: number | undefined;

  /** `fetch` throws ApiError. */
  constructor(private readonly fetch: () => Promise<void>) {}

  refresh(): void {
    this.isWanted = true;
    this.schedule(0);
  }

  /** Tries now what failed before. */
  wake(): void {
    this.failures = 0;
    if (this.isWanted) this.schedule(0);
  }

  stop(): void {
    this.isStopped = true;
    window.clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    if (this.isRunning || this.isStopped) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.run(), ms);
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    this.isWanted = false;
    try {
      await this.fetch();
      this.failures = 0;
      this.failure.value = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failure.value = error;
      this.isWanted = error.status !== 401;
      this.failures++;
    } finally {
      this.isRunning = false;
    }
    if (this.isWanted) this.schedule(this.failures === 0 ? 0 : 250 + backoffMs(this.failures));
  }
}
