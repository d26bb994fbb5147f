// Message keys for the statuses of the API. Each page that uses them has its own texts under these keys.

import type { Schemas } from '../api/client';

type Order = Schemas['Order'];

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
