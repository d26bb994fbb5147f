// Preferences of this tablet; stored on the device.

import { signal } from '@preact/signals';
import { deviceStore, readJson } from '../base/storage';

export interface Preferences {
  isSoundOn: boolean;
  /** Only the tables of one area; undefined: all. */
  areaId?: string | undefined;
}

const KEY = 'orderpush.waiter.preferences';

function isPreferences(value: unknown): value is Preferences {
  return typeof value === 'object' && value !== null && typeof (value as Preferences).isSoundOn === 'boolean';
}

export const preferences = signal<Preferences>(readJson(deviceStore, KEY, isPreferences) ?? { isSoundOn: true });

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
  deviceStore.set(KEY, JSON.stringify(preferences.value));
}
