// What cooks did and the service has not answered yet.

import { ActionQueue as Queue, type QueueOptions } from '../base/action_queue';
import { ACTION_KINDS, ACTIONS, type Action, type Truth } from './actions';

export class ActionQueue extends Queue<Action, Truth> {
  constructor(options: Omit<QueueOptions<Action, Truth>, 'isAction' | 'doneAs'>) {
    super({ ...options, isAction, doneAs: ({ kind }) => ACTIONS[kind].isDoneAs });
  }
}

function isAction(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false;
  const { key, kind, ticketId, orderId, at } = value as Record<string, unknown>;
  const isKind = (ACTION_KINDS as readonly unknown[]).includes(kind);
  return isKind && [key, ticketId, orderId].every((one) => typeof one === 'string') && typeof at === 'number';
}
