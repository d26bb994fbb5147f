import type { Schemas } from '../base/api/client';

/** Ages at which a ticket changes its colour; a setting of the branch. */
export type Thresholds = Schemas['Board']['ticketAges'];

export type AgeLevel = 'fresh' | 'warn' | 'late';

/** Until the board is read. */
export const USUAL_THRESHOLDS: Thresholds = { warnSeconds: 8 * 60, lateSeconds: 15 * 60 };

export function ageLevel(ageMs: number, { warnSeconds, lateSeconds }: Thresholds): AgeLevel {
  if (ageMs >= lateSeconds * 1000) return 'late';
  return ageMs >= warnSeconds * 1000 ? 'warn' : 'fresh';
}
