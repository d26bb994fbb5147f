// What cooks did and the service has not answered yet. Kept on the device, sent one after the other, so that a display
// without a network loses nothing and does nothing twice.

import { signal, type ReadonlySignal } from '@preact/signals';
import { ApiError } from '../base/api/error';
import { backoffMs } from '../base/backoff';
import { readJson, type Store } from '../base/storage';
import { ACTION_KINDS, ACTIONS, type Action, type Truth } from './actions';

export interface QueueOptions {
  store: Store;
  /** Of whom: another branch's actions are never sent. */
  storeKey: string;
  send: (action: Action) => Promise<Truth>;
  /** False: nobody is logged in; the queue waits for wake(). */
  isReady: () => boolean;
  /** The service has done it, or had before. */
  onDone: (action: Action, truth?: Truth) => void;
  /** The service refuses it for good. */
  onRefused: (action: Action, error: ApiError) => void;
}

/** More than a kitchen does in hours; beyond it the display says that it takes no more. */
const WAITING_MAX = 500;
/** What is older was done otherwise by now. */
const KEPT_MS = 12 * 3600 * 1000;

export class ActionQueue {
  readonly waiting: ReadonlySignal<readonly Action[]>;
  /** False: the browser stores nothing, or has no room; what waits ends with the page. */
  isKept = true;
  private readonly list = signal<readonly Action[]>([]);
  private isSending = false;
  private timer: number | undefined;
  private failures = 0;

  constructor(private readonly options: QueueOptions) {
    this.waiting = this.list;
    const kept = readJson(options.store, options.storeKey, isActionList) ?? [];
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
      if (isToBeTriedAgain(error)) {
        this.schedule(250 + backoffMs(this.failures++));
        return false;
      }
      const isDone = isDoneBefore(action, error);
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

/** Also while the try before, whose answer was lost, is still at work, or others keep the order busy. */
function isToBeTriedAgain({ kind, isPassing, status, code }: ApiError): boolean {
  return kind !== 'problem' || isPassing || status >= 500 || code === 'idempotency_key_in_use' || code === 'order_busy';
}

/** By another display, or by a try whose answer was lost. */
function isDoneBefore(action: Action, { code, problem }: ApiError): boolean {
  if (code === 'idempotent_answer_lost') return true;
  const { isDoneAs } = ACTIONS[action.kind];
  return code === 'status_conflict' && isDoneAs !== undefined && problem?.currentStatus === isDoneAs;
}

function isActionList(value: unknown): value is Action[] {
  return Array.isArray(value) && value.every(isAction);
}

function isAction(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false;
  const { key, kind, ticketId, orderId, at } = value as Record<string, unknown>;
  const isKind = (ACTION_KINDS as readonly unknown[]).includes(kind);
  return isKind && [key, ticketId, orderId].every((one) => typeof one === 'string') && typeof at === 'number';
}
