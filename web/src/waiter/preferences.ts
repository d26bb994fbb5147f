// Preferences of this tablet; stored on the device.

import { storedPreferences } from '../base/preferences';

export interface Preferences {
  isSoundOn: boolean;
  /** Only the tables of one area; undefined: all. */
  areaId?: string | undefined;
}

const KEY = 'orderpush.waiter.preferences';

function isPreferences(value: unknown): value is Preferences {
  return typeof value === 'object' && value !== null && typeof (value as Preferences).isSoundOn === 'boolean';
}

export const { preferences, prefer } = storedPreferences<Preferences>(KEY, isPreferences, { isSoundOn: true });
