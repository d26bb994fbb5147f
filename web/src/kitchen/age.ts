/** When a ticket's time turns its colour; the branch says. Seconds. */
export interface Thresholds {
  warnSeconds: number;
  lateSeconds: number;
}

export type AgeLevel = 'fresh' | 'warn' | 'late';

/** For a service that does not say. */
export const USUAL_THRESHOLDS: Thresholds = { warnSeconds: 8 * 60, lateSeconds: 15 * 60 };

export function ageLevel(ageMs: number, { warnSeconds, lateSeconds }: Thresholds): AgeLevel {
  if (ageMs >= lateSeconds * 1000) return 'late';
  return ageMs >= warnSeconds * 1000 ? 'warn' : 'fresh';
}
