// Deliveries that were given up, and their retry: one request at a time for each, however often the button is pressed.

import { signal } from '@preact/signals';
import type { ApiClient, Schemas } from '../base/api/client';
import { ApiError } from '../base/api/error';

export type Delivery = Schemas['Delivery'];

export interface DeadLettersOptions {
  onRefused: (error: ApiError) => void;
  onRetried: (count: number) => void;
  /** The state of the service has changed. */
  onChanged: () => void;
}

const PAGE = 50;
const SHOWN_MAX = 200;
/** In `underWay`: the retry of all. */
export const ALL = 'all';

export class DeadLetters {
  readonly list = signal<Delivery[] | undefined>(undefined);
  readonly hasMore = signal(false);
  readonly underWay = signal<ReadonlySet<string>>(new Set());
  private limit = PAGE;
  /** Retried ones that the list may still contain: id and `updatedAt` as of the retry. */
  private readonly sent = new Map<string, string>();

  constructor(
    private readonly api: ApiClient,
    private readonly options: DeadLettersOptions,
  ) {}

  get canShowMore(): boolean {
    return this.hasMore.value && this.limit < SHOWN_MAX;
  }

  showMore(): void {
    this.limit = Math.min(SHOWN_MAX, this.limit + PAGE);
    this.options.onChanged();
  }

  /** Throws ApiError. */
  async read(): Promise<void> {
    const page = await this.api.get('/v1/deliveries', { query: { state: 'dead', limit: this.limit }, tries: 1 });
    this.hasMore.value = page.next !== null;
    this.list.value = page.deliveries.filter(({ id, updatedAt }) => this.sent.get(id) !== updatedAt);
    const listed = new Set(page.deliveries.map(({ id }) => id));
    for (const id of this.sent.keys()) if (!listed.has(id)) this.sent.delete(id);
  }

  async retry(delivery: Delivery): Promise<void> {
    await this.once(delivery.id, async () => {
      await this.api.post('/v1/deliveries/{delivery}/retry', { path: { delivery: delivery.id } });
      this.removeFromList([delivery]);
      this.options.onRetried(1);
    });
  }

  async retryAll(): Promise<void> {
    await this.once(ALL, async () => {
      const shown = this.list.value ?? [];
      const { count } = await this.api.post('/v1/deliveries/retry', { body: { state: 'dead' } });
      this.removeFromList(shown);
      this.options.onRetried(count);
    });
  }

  /** At once; a list that was requested before does not bring them back. */
  private removeFromList(deliveries: Delivery[]): void {
    for (const { id, updatedAt } of deliveries) this.sent.set(id, updatedAt);
    this.list.value = this.list.value?.filter(({ id }) => !this.sent.has(id));
  }

  private async once(key: string, act: () => Promise<void>): Promise<void> {
    if (this.underWay.value.has(key)) return;
    this.underWay.value = new Set([...this.underWay.value, key]);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 401) this.options.onRefused(error);
    } finally {
      this.underWay.value = new Set([...this.underWay.value].filter((one) => one !== key));
      this.options.onChanged();
    }
  }
}
