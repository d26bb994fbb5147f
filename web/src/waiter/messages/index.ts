import { translator, type Loaders } from '../../base/i18n';
import type en from './en.json';

export const loaders: Loaders = { en: () => import('./en.json'), de: () => import('./de.json') };
export const t = translator<typeof en>();

export const TABLE_STATUS_LABELS = {
  free: 'tableFree',
  cleaning: 'tableCleaning',
  seated: 'tableSeated',
  ordered: 'tableOrdered',
  cooking: 'tableCooking',
  ready: 'tableReady',
  toPay: 'tableToPay',
} as const;

export const METHOD_LABELS = { cash: 'methodCash', card: 'methodCard', online: 'methodOnline', other: 'methodOther' } as const;

const ALARM_LABELS: Record<string, 'alarmNoDisplay' | 'alarmUnacknowledged' | 'alarmUnseen'> = {
  no_display: 'alarmNoDisplay',
  unacknowledged: 'alarmUnacknowledged',
  unseen: 'alarmUnseen',
};

export const alarmLabel = (reason: string) => ALARM_LABELS[reason] ?? ('alarmUnknown' as const);
