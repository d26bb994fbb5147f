import { translator, type Loaders } from '../../base/i18n';
import type en from './en.json';

export const loaders: Loaders = { en: () => import('./en.json'), de: () => import('./de.json') };
export const t = translator<typeof en>();

export const STAGE_WORDS = {
  free: 'stageFree',
  cleaning: 'stageCleaning',
  seated: 'stageSeated',
  ordered: 'stageOrdered',
  cooking: 'stageCooking',
  ready: 'stageReady',
  toPay: 'stageToPay',
} as const;

export const ITEM_WORDS = {
  pending: 'itemPending',
  preparing: 'itemPreparing',
  ready: 'itemReady',
  served: 'itemServed',
  cancelled: 'itemCancelled',
} as const;

export const ORDER_WORDS = {
  pending: 'orderPending',
  confirmed: 'orderConfirmed',
  preparing: 'orderPreparing',
  ready: 'orderReady',
  served: 'orderServed',
  completed: 'orderCompleted',
  cancelled: 'orderCancelled',
} as const;

export const METHOD_WORDS = { cash: 'methodCash', card: 'methodCard', online: 'methodOnline', other: 'methodOther' } as const;

const ALARM_WORDS: Record<string, 'alarmNoDisplay' | 'alarmUnacknowledged' | 'alarmUnseen'> = {
  no_display: 'alarmNoDisplay',
  unacknowledged: 'alarmUnacknowledged',
  unseen: 'alarmUnseen',
};

export const alarmWord = (reason: string) => ALARM_WORDS[reason] ?? ('alarmUnknown' as const);
