// Times and amounts in the chosen language.

import { locale, translator } from './i18n';
import type common from './i18n/en.json';
import { money } from './money';
import { clockOf } from './wall_time';

const t = translator<typeof common>();

/** "19:32" or "7:32 PM": one clock for all of a page, see wall_time.ts. `more` adds parts or replaces them. */
export function formatTime(at: string | number, more: Intl.DateTimeFormatOptions = {}): string {
  return new Date(at).toLocaleTimeString(locale.value, { ...clockOf(locale.value), ...more });
}

/** `minor`: in minor units of the ISO 4217 currency. */
export const formatMoney = (minor: number, currency: string): string =>
  money(minor, currency, locale.value, (amount, code) => t('amountInMinorUnits', { amount, currency: code }));
