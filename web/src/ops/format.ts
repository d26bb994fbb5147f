// Durations and counts as text in the chosen language.

import { locale } from '../base/i18n';

/** "12 ms", "3.4 s", "2:05 min", "1:02 h"; never negative. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole} ms`;
  if (whole < 60_000) return `${decimal(whole / 1000, whole < 10_000 ? 1 : 0)} s`;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (whole < 3_600_000) return `${Math.floor(whole / 60_000)}:${two((whole / 1000) % 60)} min`;
  return `${Math.floor(whole / 3_600_000)}:${two((whole / 60_000) % 60)} h`;
}

/** Whole seconds of what is still going on, so that it does not flicker: "8 s", "2:05 min". */
export function formatAge(sinceMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

const decimal = (value: number, digits: number) => value.toLocaleString(locale.value, { maximumFractionDigits: digits });

export const formatCount = (value: number): string => value.toLocaleString(locale.value);
