// Times and amounts in the chosen language.

import { computed } from '@preact/signals';
import { locale, translator } from './i18n';
import type common from './i18n/en.json';
import { money } from './money';
import { clockOf } from './wall_time';

const t = translator<typeof common>();
/** Of the chosen language: asking Intl is slow, and lists have many times. */
const clock = computed(() => clockOf(locale.value));

/** "19:32" or "7:32 PM": one clock for all of a page, see wall_time.ts. `more` adds parts or replaces them. */
export function formatTime(at: string | number, more: Intl.DateTimeFormatOptions = {}): string {
  return new Date(at).toLocaleTimeString(locale.value, { ...clock.value, ...more });
}

/** `minor`: in minor units of the ISO 4217 currency. */
export const formatMoney = (minor: number, currency: string): string =>
  money(minor, currency, locale.value, (amount, code) => t('amountInMinorUnits', { amount, currency: code }));
