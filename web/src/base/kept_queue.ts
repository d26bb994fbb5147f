// What people did and the service has not answered yet. Kept on the device, sent one after the other, so that a page without
// a network loses nothing and does nothing twice.

import { signal, type ReadonlySignal } from '@preact/signals';
import { ApiError } from './api/error';
import { backoffMs } from './backoff';
import { readJson, type Store } from './storage';

/** The least that is kept of anything. */
export interface Kept {
  /** The idempotency key: the same on every try. */
  key: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface KeptQueueOptions<Item extends Kept, Truth> {
  store: Store;
  /** Of whom: what others left on this device is never sent. */
  storeKey: string;
  /** What is stored is believed only if it is one. */
  isItem: (value: unknown) => value is Item;
  send: (item: Item) => Promise<Truth>;
  /** Whether a refusal means that it was done before: by another, or by a try whose answer was lost. */
  isDoneBefore?: (item: Item, error: ApiError) => boolean;
  /** False: it cannot be sent now, as nobody is logged in; the queue waits for wake(). */
  isReady: () => boolean;
  /** The service has done it, or had before. */
  onDone: (item: Item, truth?: Truth) => void;
  /** The service refuses it for good. */
  onRefused: (item: Item, error: ApiError) => void;
}

/** More than a kitchen does in hours; beyond it the page says that it takes no more. */
const WAITING_MAX = 500;
/** What is older was done otherwise by now. */
const KEPT_MS = 12 * 3600 * 1000;
/** Refusals that the same request outlives: the first try is still at work, or others kept changing the same thing. */
const PASSING_CODES = new Set(['idempotency_key_in_use', 'busy']);

export class KeptQueue<Item extends Kept, Truth> {
  readonly waiting: ReadonlySignal<readonly Item[]>;
  /** Whether the last try reached nobody. */
  readonly isStuck: ReadonlySignal<boolean>;
  /** False: the browser stores nothing, or has no room; what waits ends with the page. */
  isKept = true;
  private readonly list = signal<readonly Item[]>([]);
  private readonly stuck = signal(false);
  private isSending = false;
  private timer: number | undefined;
  private failures = 0;

  constructor(private readonly options: KeptQueueOptions<Item, Truth>) {
    this.waiting = this.list;
    this.isStuck = this.stuck;
    this.reload();
  }

  /** Another tab of the same device changed it. Both may send the same: it is done once. */
  reload(): void {
    const { store, storeKey, isItem } = this.options;
    const isList = (value: unknown): value is Item[] => Array.isArray(value) && value.every(isItem);
    const kept = readJson(store, storeKey, isList) ?? [];
    this.list.value = kept.filter(({ at }) => Date.now() - at < KEPT_MS).slice(-WAITING_MAX);
  }

  /** False: it is full. */
  add(item: Item): boolean {
    if (this.list.value.length >= WAITING_MAX) return false;
    this.keep([...this.list.value, item]);
    this.wake();
    return true;
  }

  /** Not sent any more; what was sent already may be done all the same. */
  remove(key: string): void {
    this.keep(this.list.value.filter((item) => item.key !== key));
  }

  /** Wanted as if it were added now, under the same key. */
  renew(key: string): void {
    this.keep(this.list.value.map((item) => (item.key === key ? { ...item, at: Date.now() } : item)));
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

  private keep(list: readonly Item[]): void {
    this.list.value = list;
    if (list.length === 0) this.options.store.remove(this.options.storeKey);
    else this.isKept = this.options.store.set(this.options.storeKey, JSON.stringify(list));
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

  /** False: the service cannot be asked now. */
  private async sendOne(item: Item): Promise<boolean> {
    try {
      const truth = await this.options.send(item);
      this.settle(item, () => this.options.onDone(item, truth));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) return false; // the log-in wakes us
      if (isToBeTriedAgain(error)) {
        this.stuck.value = true;
        this.schedule(250 + backoffMs(this.failures++));
        return false;
      }
      const isDone = this.options.isDoneBefore?.(item, error) ?? false;
      this.settle(item, () => (isDone ? this.options.onDone(item) : this.options.onRefused(item, error)));
    }
    this.failures = 0;
    this.stuck.value = false;
    return true;
  }

  /** The truth comes first, then the item goes: nothing flickers in between. */
  private settle(item: Item, tell: () => void): void {
    tell();
    this.remove(item.key);
  }
}

function isToBeTriedAgain(error: ApiError): boolean {
  return error.kind !== 'problem' || error.isPassing || error.status >= 500 || PASSING_CODES.has(error.code ?? '');
}
