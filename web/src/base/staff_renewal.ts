// Renews the log-in while the page is open: at about half of the token's life, one tab of the device at a time.

import type { ApiClient } from './api/client';
import { ApiError } from './api/error';
import { backoffMs } from './backoff';
import { adoptRenewed, isLoggedIn, refuseRenewal, staff, takeOver } from './staff';

/** Timers stand still while a tablet sleeps: the clock is looked at this often, and on every sign of waking. */
const LOOK_EVERY_MS = 15_000;
const LOOK_MIN_MS = 250;
const RETRY_MAX_MS = 30_000;
const LOCK = 'orderpush.staff.renewal';
/** What one tab has stored others read a little later. */
const STORED_AFTER_MS = 500;

export class StaffRenewal {
  private timer: number | undefined;
  private failures = 0;
  private isRenewing = false;
  private isStopped = true;

  constructor(private readonly api: ApiClient) {}

  start(): void {
    this.isStopped = false;
    window.addEventListener('online', this.look);
    window.addEventListener('storage', this.look);
    document.addEventListener('visibilitychange', this.look);
    this.look();
  }

  stop(): void {
    this.isStopped = true;
    window.removeEventListener('online', this.look);
    window.removeEventListener('storage', this.look);
    document.removeEventListener('visibilitychange', this.look);
    window.clearTimeout(this.timer);
  }

  /** Renews if it is time, and looks again later. */
  readonly look = (): void => {
    window.clearTimeout(this.timer);
    if (this.isStopped || this.isRenewing) return;
    adoptRenewed();
    const wait = (staff.value?.renewAt ?? 0) - Date.now();
    if (!isLoggedIn.value || wait > 0) return this.lookIn(Math.min(wait, LOOK_EVERY_MS));
    this.isRenewing = true;
    void oneTabAtATime(() => this.renew()).finally(() => {
      this.isRenewing = false;
      this.lookIn(this.failures > 0 ? backoffMs(this.failures, { firstMs: 1_000, maxMs: RETRY_MAX_MS }) : LOOK_MIN_MS);
    });
  };

  private lookIn(ms: number): void {
    if (!this.isStopped) this.timer = window.setTimeout(this.look, Math.max(ms, LOOK_MIN_MS));
  }

  private async renew(): Promise<void> {
    if (adoptRenewed()) return;
    const token = staff.value?.token;
    if (token === undefined || !isLoggedIn.value) return;
    try {
      const answer = await this.api.post('/v1/staff/token');
      // Somebody may have logged in or out meanwhile.
      if (staff.value?.token === token) takeOver(answer);
      this.failures = 0;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // 401: the client has told it, and the page asks for a log-in.
      this.failures = error.status === 401 ? 0 : this.failures + 1;
      if (error.status === 403) this.giveUp(token);
    }
  }

  /** The token is good until it ends; it is not asked for again. */
  private giveUp(token: string): void {
    this.failures = 0;
    refuseRenewal(token);
    if (staff.value?.token === token) staff.value = { ...staff.value, renewAt: Infinity };
  }
}

/**
 * Not at all while another tab renews: the next look takes over what it stores. Where the browser has no locks several tabs
 * may renew at once, which does no harm: each token is good.
 */
async function oneTabAtATime(renew: () => Promise<void>): Promise<void> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) return renew();
  await locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    await renew();
    await new Promise((resolve) => window.setTimeout(resolve, STORED_AFTER_MS));
  });
}
