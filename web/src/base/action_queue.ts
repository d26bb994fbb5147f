// What people did and the service has not answered yet. Kept on the device, sent one after the other, so that a device
// without a network loses nothing and does nothing twice.

import { signal, type ReadonlySignal } from '@preact/signals';
import { ApiError } from './api/error';
import { backoffMs } from './backoff';
import { readJson, type Store } from './storage';

export interface QueuedAction {
  /** The idempotency key: the same on every try. */
  key: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** `Truth`: what the service answered with. */
export interface QueueOptions<Action extends QueuedAction, Truth> {
  store: Store;
  /** Of whom: another branch's actions are never sent. */
  storeKey: string;
  /** Of what was stored, perhaps by another version of the page. */
  isAction: (value: unknown) => value is Action;
  /** The status that a refusal names when it is done already: by another device, or by a try whose answer was lost. */
  doneAs: (action: Action) => string | undefined;
  send: (action: Action) => Promise<Truth>;
  /** False: nobody is logged in; the queue waits for wake(). */
  isReady: () => boolean;
  /** The service has done it, or had before. */
  onDone: (action: Action, truth?: Truth) => void;
  /** The service refuses it for good. */
  onRefused: (action: Action, error: ApiError) => void;
}

/** More than people do in hours; beyond it the page says that it takes no more. */
const WAITING_MAX = 500;
/** What is older was done otherwise by now. */
const KEPT_MS = 12 * 3600 * 1000;
/** Refusals that the same request outlives: the first try is still at work, or others kept changing the same thing. */
const PASSING_CODES = new Set(['idempotency_key_in_use', 'order_busy', 'busy']);

export class ActionQueue<Action extends QueuedAction, Truth> {
  readonly waiting: ReadonlySignal<readonly Action[]>;
  /** False: the browser stores nothing, or has no room; what waits ends with the page. */
  isKept = true;
  private readonly list = signal<readonly Action[]>([]);
  private isSending = false;
  private timer: number | undefined;
  private failures = 0;

  constructor(private readonly options: QueueOptions<Action, Truth>) {
    this.waiting = this.list;
    const kept = readJson(options.store, options.storeKey, listOf(options.isAction)) ?? [];
    this.list.value = kept.filter(({ at }) => Date.now() - at < KEPT_MS).slice(-WAITING_MAX);
  }

  /** False: it is full. */
  add(action: Action): boolean {
    if (this.list.value.length >= WAITING_MAX) return false;
    this.keep([...this.list.value, action]);
    this.wake();
    return true;
  }

  /** Tries now: there is a connection, or a log-in. */
  wake(): void {
    this.failures = 0;
    this.schedule(0);
  }

  stop(): void {
    window.clearTimeout(this.timer);
  }

  private keep(list: readonly Action[]): void {
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
  private async sendOne(action: Action): Promise<boolean> {
    try {
      const truth = await this.options.send(action);
      this.settle(action, () => this.options.onDone(action, truth));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) return false; // the log-in wakes us
      if (error.kind !== 'problem' || error.isPassing || error.status >= 500 || PASSING_CODES.has(error.code ?? '')) {
        this.schedule(250 + backoffMs(this.failures++));
        return false;
      }
      const doneAs = this.options.doneAs(action);
      const isDone = error.status === 409 && doneAs !== undefined && error.problem?.currentStatus === doneAs;
      this.settle(action, () => (isDone ? this.options.onDone(action) : this.options.onRefused(action, error)));
    }
    this.failures = 0;
    return true;
  }

  /** The truth comes first, then the action goes: nothing flickers in between. */
  private settle(action: Action, tell: () => void): void {
    tell();
    this.keep(this.list.value.filter(({ key }) => key !== action.key));
  }
}

const listOf =
  <T>(isOne: (value: unknown) => value is T) =>
  (value: unknown): value is T[] =>
    Array.isArray(value) && value.every(isOne);
