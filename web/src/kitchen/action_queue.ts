// What cooks did and the service has not answered yet.

import type { ApiError } from '../base/api/error';
import { OfflineQueue } from '../base/offline_queue';
import type { Store } from '../base/storage';
import { ACTION_KINDS, ACTIONS, type Action, type ActionResult } from './actions';

export interface ActionQueueOptions {
  store: Store;
  /** Of whom: another branch's actions are never sent. */
  storeKey: string;
  send: (action: Action) => Promise<ActionResult>;
  /** False: nobody is logged in; the queue waits for wake(). */
  isReady: () => boolean;
  /** The service has done it, or had before. */
  onDone: (action: Action, result?: ActionResult) => void;
  /** The service refuses it for good. */
  onRefused: (action: Action, error: ApiError) => void;
}

export class ActionQueue extends OfflineQueue<Action, ActionResult> {
  constructor(options: ActionQueueOptions) {
    super({ ...options, isItem: isAction, isAlreadyDone });
  }
}

/** By another display, or by a try whose answer was lost. */
function isAlreadyDone(action: Action, { code, problem }: ApiError): boolean {
  if (code === 'idempotent_answer_lost') return true;
  const { isDoneAs } = ACTIONS[action.kind];
  return code === 'status_conflict' && isDoneAs !== undefined && problem?.currentStatus === isDoneAs;
}

function isAction(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false;
  const { key, kind, ticketId, orderId, at } = value as Record<string, unknown>;
  const isKind = (ACTION_KINDS as readonly unknown[]).includes(kind);
  return isKind && [key, ticketId, orderId].every((one) => typeof one === 'string') && typeof at === 'number';
}
