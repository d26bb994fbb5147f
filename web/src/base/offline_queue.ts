// Requests that the service has not answered yet. Stored on the device and sent one after the other, each under its own
// idempotency key, so that a page without a network loses nothing and does nothing twice.

import { signal, type ReadonlySignal } from '@preact/signals';
import { ApiError } from './api/error';
import { backoffMs } from './backoff';
import { readJson, type Store } from './storage';

/** The fields that every queued item has. */
export interface QueuedItem {
  /** The idempotency key: the same on every try. */
  key: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface OfflineQueueOptions<Item extends QueuedItem, Result> {
  store: Store;
  /** Names the owner: items of others on this device are never sent. */
  storeKey: string;
  /** Stored items that fail this check are ignored. */
  isItem: (value: unknown) => value is Item;
  send: (item: Item) => Promise<Result>;
  /** Whether a refusal means that it was done before: by another device, or by an attempt whose response was lost. */
  isAlreadyDone?: (item: Item, error: ApiError) => boolean;
  /** False: it cannot be sent now, as nobody is logged in; the queue waits for wake(). */
  isReady: () => boolean;
  /** The service has done it, or had before. */
  onDone: (item: Item, result?: Result) => void;
  /** The service refuses it for good. */
  onRefused: (item: Item, error: ApiError) => void;
}

/** More than a kitchen does in hours; beyond it add() refuses. */
const WAITING_MAX = 500;
/** Older items are dropped: they were done in another way by now. */
const AGE_MAX_MS = 12 * 3600 * 1000;
/** Problem codes after which the same request may succeed: its first attempt is still running, or there was write contention. */
const TRANSIENT_CODES = new Set(['idempotency_key_in_use', 'busy']);

export class OfflineQueue<Item extends QueuedItem, Result> {
  readonly waiting: ReadonlySignal<readonly Item[]>;
  /** Whether the last attempt did not reach the service. */
  readonly isStuck: ReadonlySignal<boolean>;
  /** False: the browser stores nothing, or has no room; the queue ends with the page. */
  isStored = true;
  private readonly list = signal<readonly Item[]>([]);
  private readonly stuck = signal(false);
  private isSending = false;
  private timer: number | undefined;
  private failures = 0;

  constructor(private readonly options: OfflineQueueOptions<Item, Result>) {
    this.waiting = this.list;
    this.isStuck = this.stuck;
    this.reload();
  }

  /** Another tab of the same device changed it. Both may send the same: it is done once. */
  reload(): void {
    const { store, storeKey, isItem } = this.options;
    const isList = (value: unknown): value is Item[] => Array.isArray(value) && value.every(isItem);
    const stored = readJson(store, storeKey, isList) ?? [];
    this.list.value = stored.filter(({ at }) => Date.now() - at < AGE_MAX_MS).slice(-WAITING_MAX);
  }

  /** False: it is full. */
  add(item: Item): boolean {
    if (this.list.value.length >= WAITING_MAX) return false;
    this.store([...this.list.value, item]);
    this.wake();
    return true;
  }

  /** Not sent again; an attempt that is under way may still succeed. */
  remove(key: string): void {
    this.store(this.list.value.filter((item) => item.key !== key));
  }

  /** As if it were added now, under the same key. */
  renew(key: string): void {
    this.store(this.list.value.map((item) => (item.key === key ? { ...item, at: Date.now() } : item)));
    this.wake();
  }

  /** Tries now: there is a connection, or a log-in. */
  wake(): void {
    this.failures = 0;
    this.schedule(0);
  }

  stop(): void {
    window.clearTimeout(this.timer);
  }

  private store(list: readonly Item[]): void {
    this.list.value = list;
    if (list.length === 0) this.options.store.remove(this.options.storeKey);
    else this.isStored = this.options.store.set(this.options.storeKey, JSON.stringify(list));
  }

  private schedule(ms: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.sendAll(), ms);
  }

  private async sendAll(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let next = this.list.value[0]; next && this.options.isReady(); next = this.list.value[0]) {
        if (!(await this.sendOne(next))) return;
      }
    } finally {
      this.isSending = false;
    }
  }

  /** False: the service cannot be reached now. */
  private async sendOne(item: Item): Promise<boolean> {
    try {
      const result = await this.options.send(item);
      this.settle(item, () => this.options.onDone(item, result));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) return false; // the log-in wakes us
      if (isRetryable(error)) {
        this.stuck.value = true;
        this.schedule(250 + backoffMs(this.failures++));
        return false;
      }
      const isDone = this.options.isAlreadyDone?.(item, error) ?? false;
      this.settle(item, () => (isDone ? this.options.onDone(item) : this.options.onRefused(item, error)));
    }
    this.failures = 0;
    this.stuck.value = false;
    return true;
  }

  /** The result is applied before the item is removed: the prediction must not disappear in between. */
  private settle(item: Item, notify: () => void): void {
    notify();
    this.remove(item.key);
  }
}

function isRetryable(error: ApiError): boolean {
  return error.kind !== 'problem' || error.isTransient || error.status >= 500 || TRANSIENT_CODES.has(error.code ?? '');
}
