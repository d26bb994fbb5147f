import { waitUntil } from './wait_until.mjs';

const times = [];

/** Until both `views` are the same, and `isExpected`; how long that took is kept, and asserted by nobody. */
export async function waitUntilEqual(what, views, isExpected) {
  const begun = performance.now();
  await waitUntil(what, async () => {
    const [ours, theirs] = await Promise.all(views.map((view) => view()));
    return JSON.stringify(ours) === JSON.stringify(theirs) && isExpected(ours);
  });
  times.push(performance.now() - begun);
}

/** A line about all comparisons so far; what is promised is one second. */
export function comparisonTimes() {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => `${Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0)} ms`;
  return `${sorted.length} comparisons: half equal within ${at(0.5)}, the slowest ${at(1)}`;
}
