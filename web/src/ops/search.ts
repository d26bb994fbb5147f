// Finds an order by its number or id, and follows its timeline while it is open.

import { signal } from '@preact/signals';
import type { ApiClient, Schemas } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { timelineOf, type Timeline } from './timeline';

export type Order = Schemas['Order'];

export interface OpenOrder {
  order: Order;
  timeline: Timeline;
  isTruncated: boolean;
}

/** idle: no query. none: no such order. wrong: neither a number nor an id. */
export type SearchState = 'idle' | 'searching' | 'found' | 'none' | 'wrong' | 'failed';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBER_MAX = 2_147_483_647;

/** Accepts "17", "#17" and an id. */
export function parseQuery(text: string): { number: number } | { id: string } | undefined {
  const trimmed = text.trim().replace(/^#\s*/, '');
  if (UUID.test(trimmed)) return { id: trimmed.toLowerCase() };
  const number = /^\d{1,10}$/.test(trimmed) ? Number(trimmed) : 0;
  return number >= 1 && number <= NUMBER_MAX ? { number } : undefined;
}

export class Search {
  readonly state = signal<SearchState>('idle');
  readonly results = signal<Order[]>([]);
  readonly open = signal<OpenOrder | undefined>(undefined);
  private openId: string | undefined;
  /** Responses to an earlier query are dropped. */
  private generation = 0;

  constructor(private readonly api: ApiClient) {}

  async find(text: string): Promise<void> {
    const query = parseQuery(text);
    const generation = ++this.generation;
    this.results.value = [];
    this.close();
    if (!query) return void (this.state.value = text.trim() === '' ? 'idle' : 'wrong');
    this.state.value = 'searching';
    try {
      if ('id' in query) return await this.show(query.id, generation);
      const { orders } = await this.api.get('/v1/operations/orders', { query: query });
      if (generation !== this.generation) return;
      this.results.value = orders;
      this.state.value = orders.length > 0 ? 'found' : 'none';
      const [only] = orders;
      if (only && orders.length === 1) await this.show(only.id, generation);
    } catch (error) {
      this.fail(error, generation);
    }
  }

  async choose(id: string): Promise<void> {
    const generation = ++this.generation;
    try {
      await this.show(id, generation);
    } catch (error) {
      this.fail(error, generation);
    }
  }

  close(): void {
    this.openId = undefined;
    this.open.value = undefined;
  }

  /** Reads the open order again. Throws ApiError. */
  async refresh(): Promise<void> {
    const id = this.openId;
    if (id !== undefined && this.open.value) await this.show(id, this.generation);
  }

  private async show(id: string, generation: number): Promise<void> {
    this.openId = id;
    const path = { id };
    const [order, timeline] = await Promise.all([
      this.api.get('/v1/orders/{id}', { path, tries: 2 }),
      this.api.get('/v1/orders/{id}/timeline', { path, tries: 2 }),
    ]);
    if (generation !== this.generation || this.openId !== id) return;
    this.open.value = { order, timeline: timelineOf(timeline.entries), isTruncated: timeline.truncated };
    this.state.value = 'found';
  }

  private fail(error: unknown, generation: number): void {
    if (!(error instanceof ApiError)) throw error;
    if (generation !== this.generation) return;
    this.close();
    this.state.value = error.status === 404 || error.status === 403 ? 'none' : 'failed';
  }
}
