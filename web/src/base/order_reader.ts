// Reads orders again after an event or a refusal that did not carry everything. One read of an order at a time, with retries.

import type { ApiClient, Schemas } from './api/client';
import { ApiError } from './api/error';
import { backoffMs } from './backoff';

type Order = Schemas['Order'];

export interface OrderReaderOptions {
  isReady: () => boolean;
  /** `added`: lines that came later than the order. */
  onOrder: (order: Order, added: readonly string[]) => void;
  /** There is no such order, or none for this device. */
  onGone: (orderId: string) => void;
}

const AT_ONCE = 4;

export class OrderReader {
  private readonly wanted = new Map<string, Set<string>>();
  private readonly running = new Set<string>();
  private failures = 0;
  private timer: number | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly options: OrderReaderOptions,
  ) {}

  read(orderId: string, added: readonly string[] = []): void {
    if (orderId === '') return;
    const known = this.wanted.get(orderId) ?? new Set();
    added.forEach((itemId) => known.add(itemId));
    this.wanted.set(orderId, known);
    this.next();
  }

  /** The order has changed: a read of it that is under way may be older. */
  rereadIfLoading(orderId: string): void {
    if (this.running.has(orderId)) this.read(orderId);
  }

  wake(): void {
    this.failures = 0;
    this.next();
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.wanted.clear();
  }

  private next(): void {
    if (!this.options.isReady()) return;
    for (const [orderId, added] of this.wanted) {
      if (this.running.size >= AT_ONCE) return;
      if (this.running.has(orderId)) continue; // requested while it is read: read once more after that
      this.wanted.delete(orderId);
      this.running.add(orderId);
      void this.readOne(orderId, added).finally(() => {
        this.running.delete(orderId);
        if (this.failures === 0) this.next();
      });
    }
  }

  private async readOne(orderId: string, added: Set<string>): Promise<void> {
    try {
      const order = await this.api.get('/v1/orders/{id}', { path: { id: orderId }, tries: 1 });
      this.failures = 0;
      this.options.onOrder(order, [...added]);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404 || error.status === 403) {
        this.failures = 0;
        return this.options.onGone(orderId);
      }
      this.wanted.set(orderId, new Set([...(this.wanted.get(orderId) ?? []), ...added]));
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.next(), 250 + backoffMs(this.failures++));
    }
  }
}
