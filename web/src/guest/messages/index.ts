import { locale, translator, type Loaders } from '../../base/i18n';
import { money } from '../../base/money';
import type { Order } from '../pending_requests';
import type en from './en.json';

export const loaders: Loaders = { en: () => import('./en.json'), de: () => import('./de.json') };
export const t = translator<typeof en>();

export const ORDER_STATUS_LABELS = {
  pending: 'statusPending',
  confirmed: 'statusConfirmed',
  preparing: 'statusPreparing',
  ready: 'statusReady',
  served: 'statusServed',
  completed: 'statusCompleted',
  cancelled: 'statusCancelled',
} as const satisfies Record<Order['status'], string>;

export const ITEM_STATUS_LABELS = {
  pending: 'itemPending',
  preparing: 'itemPreparing',
  ready: 'itemReady',
  served: 'itemServed',
  cancelled: 'itemCancelled',
} as const satisfies Record<Order['items'][number]['status'], string>;

export const price = (minor: number, currency: string): string => money(minor, currency, locale.value);

/** "19:32" of an RFC 3339 time, or of milliseconds since 1970. */
export const timeOf = (at: string | number): string =>
  new Date(at).toLocaleTimeString(locale.value, { hour: 'numeric', minute: '2-digit' });

/** 1900 basis points are "19%". */
export const rateOf = (basisPoints: number): string =>
  (basisPoints / 10_000).toLocaleString(locale.value, { style: 'percent', maximumFractionDigits: 2 });
