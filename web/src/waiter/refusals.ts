// The message for a refused action: calm where another person was merely first.

import type { ApiError } from '../base/api/error';
import { formatMoney } from '../base/format';
import type { Action } from './actions';
import { t } from './messages';

/** `currency`: ISO 4217, of the branch. */
export function refusalText({ table, kind }: Action, error: ApiError, currency: string): { text: string; isCalm: boolean } {
  const { currentStatus, outstandingAmount } = error.problem ?? {};
  const calm = (text: string) => ({ text, isCalm: true });
  switch (error.code) {
    case 'status_conflict':
      if (currentStatus === 'served') return calm(t('refusedServed', { table }));
      return calm(t(currentStatus === 'cancelled' ? 'refusedCancelled' : 'refusedMoved', { table }));
    case 'session_closed':
      return calm(t('refusedClosed', { table }));
    case 'overpayment': {
      const left = outstandingAmount ?? 0;
      const isLeft = left > 0 && currency !== '';
      return calm(isLeft ? t('refusedOverpaid', { table, amount: formatMoney(left, currency) }) : t('refusedSettled', { table }));
    }
    case 'cancel_already_requested':
      return calm(t('refusedAsked', { table }));
    case 'table_occupied':
      return calm(t('refusedOccupied', { table }));
    case 'menu_item_gone':
      return calm(t('refusedSoldOut', { table }));
    default:
      if (kind === 'place' && error.problem?.errors?.some(({ field }) => field.startsWith('items'))) {
        return calm(t('refusedSoldOut', { table }));
      }
      return { text: t('refused', { table, detail: error.message }), isCalm: false };
  }
}
