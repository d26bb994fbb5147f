import { translator, type Loaders } from '../../base/i18n';
import type en from './en.json';

export const loaders: Loaders = { en: () => import('./en.json'), de: () => import('./de.json') };
export const t = translator<typeof en>();

/** The messages that name a ticket's status. */
export const TICKET_STATUS_LABELS = {
  pending: 'statusPending',
  acknowledged: 'statusAcknowledged',
  preparing: 'statusPreparing',
  ready: 'statusReady',
  completed: 'statusCompleted',
  cancelled: 'statusCancelled',
} as const;
