// Amounts are integers in minor units of an ISO 4217 currency.

function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** 1290 EUR is "€12.90" or "12,90 €". */
export function money(minor: number, currency: string, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  return format.format(minor / 10 ** digitsOf(currency));
}

/** Typed text ("12,90", "12.9", "12") in minor units; undefined if it is not an amount above 0. */
export function minorOf(text: string, currency: string): number | undefined {
  const digits = digitsOf(currency);
  const match = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.trim());
  if (!match || (match[2] ?? '').length > digits) return undefined;
  const minor = Number((match[1] ?? '') + (match[2] ?? '').padEnd(digits, '0'));
  return minor > 0 ? minor : undefined;
}

/** For an input field: 1290 EUR is "12.90". */
export function plainAmount(minor: number, currency: string): string {
  return (minor / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));
}
