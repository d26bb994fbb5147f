// Preferences of this display; stored on the device.

import { storedPreferences } from '../base/preferences';
import type { Layout } from './arrange';

export interface Preferences {
  layout: Layout;
  /** Only the tickets of one station; undefined: all. */
  stationId?: string | undefined;
  isSoundOn: boolean;
  isAllDayShown: boolean;
  /** Percent. */
  textSize: number;
}

const KEY = 'orderpush.kitchen.preferences';
export const TEXT_SIZES = [70, 85, 100, 120, 140, 170, 200];
const DEFAULTS: Preferences = { layout: 'status', isSoundOn: true, isAllDayShown: false, textSize: 100 };

function isPreferences(value: unknown): value is Preferences {
  if (typeof value !== 'object' || value === null) return false;
  const { layout, isSoundOn, isAllDayShown, textSize } = value as Record<string, unknown>;
  const isLayout = layout === 'status' || layout === 'station';
  return isLayout && typeof isSoundOn === 'boolean' && typeof isAllDayShown === 'boolean' && TEXT_SIZES.includes(Number(textSize));
}

export const { preferences, prefer } = storedPreferences(KEY, isPreferences, DEFAULTS);
