import { locale, translator, type Loaders } from '../../base/i18n';
import type en from './en.json';

export const loaders: Loaders = { en: () => import('./en.json'), de: () => import('./de.json') };
export const t = translator<typeof en>();

/** "19:32" of an RFC 3339 time, or of milliseconds since 1970. */
export const timeOf = (at: string | number): string =>
  new Date(at).toLocaleTimeString(locale.value, { hour: 'numeric', minute: '2-digit' });

/** 1900 basis points are "19%". */
export const rateOf = (basisPoints: number): string =>
  (basisPoints / 10_000).toLocaleString(locale.value, { style: 'percent', maximumFractionDigits: 2 });
