// Amounts are integers in minor units of an ISO 4217 currency. Symbols and separators are those of the language; the decimals
// are ours. Of a currency that we do not know, nobody can say where the point belongs: minor units are shown as they are.

import { decimalsOf } from './currencies';

const inEnglish = (amount: string, currency: string): string => `${amount} ${currency} (minor units)`;

/** 1290 EUR is "€12.90" or "12,90 €". `ofUnknown` words an amount of an unknown currency, which stays in minor units. */
export function money(minor: number, currency: string, language: string, ofUnknown = inEnglish): string {
  const decimals = decimalsOf(currency);
  if (decimals === undefined) return ofUnknown(new Intl.NumberFormat(language).format(minor), currency);
  return numberFormat(language, currency, decimals).format(minor / 10 ** decimals);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Making one is slow, and a menu has hundreds of prices. */
function numberFormat(language: string, currency: string, decimals: number): Intl.NumberFormat {
  const key = `${language} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const made = new Intl.NumberFormat(language, { style: 'currency', currency, ...digits });
  formats.set(key, made);
  return made;
}

/**
 * Typed text ("12,90", "12.9", "12") in minor units; undefined if it is not an amount above 0, or has more decimals than the
 * currency: groups ("1,290") could be meant either way. Of an unknown currency, minor units are typed.
 */
export function minorOf(text: string, currency: string): number | undefined {
  const decimals = decimalsOf(currency) ?? 0;
  const match = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.trim());
  if (!match || (match[2] ?? '').length > decimals) return undefined;
  const minor = Number((match[1] ?? '') + (match[2] ?? '').padEnd(decimals, '0'));
  return minor > 0 ? minor : undefined;
}

/** For an input field, as minorOf() takes it: 1290 EUR is "12.90", or "12,90" where a comma is usual. */
export function plainAmount(minor: number, currency: string, language = 'en'): string {
  const decimals = decimalsOf(currency) ?? 0;
  const digits = String(minor).padStart(decimals + 1, '0');
  if (decimals === 0) return digits;
  return `${digits.slice(0, -decimals)}${pointOf(language)}${digits.slice(-decimals)}`;
}

function pointOf(language: string): string {
  const point = new Intl.NumberFormat(language).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value;
  return point === ',' ? ',' : '.';
}
