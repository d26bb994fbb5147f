import { locale, translator, type Loaders } from '../../base/i18n';
import type en from './en.json';

export const loaders: Loaders = { en: () => import('./en.json'), de: () => import('./de.json') };
export const t = translator<typeof en>();

/** 1900 basis points are "19%". */
export const rateOf = (basisPoints: number): string =>
  (basisPoints / 10_000).toLocaleString(locale.value, { style: 'percent', maximumFractionDigits: 2 });
