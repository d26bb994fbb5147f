// Preferences of a page, stored on the device.

import { signal, type ReadonlySignal } from '@preact/signals';
import { deviceStore, readJson } from './storage';

/** `isValid`: stored values that fail it are ignored, and `defaults` are used. */
export function storedPreferences<T extends object>(
  key: string,
  isValid: (value: unknown) => value is T,
  defaults: T,
): { preferences: ReadonlySignal<T>; prefer: (change: Partial<T>) => void } {
  const preferences = signal<T>(readJson(deviceStore, key, isValid) ?? defaults);
  const prefer = (change: Partial<T>): void => {
    preferences.value = { ...preferences.value, ...change };
    deviceStore.set(key, JSON.stringify(preferences.value));
  };
  return { preferences, prefer };
}
