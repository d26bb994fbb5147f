// Times and amounts in the chosen language.

import { locale } from './i18n';
import { money } from './money';

/** "19:32" on a 24-hour clock; `more` adds parts or replaces them. */
export function formatTime(at: string | number, more: Intl.DateTimeFormatOptions = {}): string {
  return new Date(at).toLocaleTimeString(locale.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...more });
}

/** `minor`: in minor units of the ISO 4217 currency. */
export const formatMoney = (minor: number, currency: string): string => money(minor, currency, locale.value);
