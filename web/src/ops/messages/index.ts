import { translator, type Loaders } from '../../base/i18n';
import type en from './en.json';

export const loaders: Loaders = { en: () => import('./en.json'), de: () => import('./de.json') };
export const t = translator<typeof en>();
