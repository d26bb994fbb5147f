import { until } from './until.mjs';

const times = [];

/** Until both `views` are the same, with something that `isThere`; how long that took is kept, and judged by nobody. */
export async function agreement(what, views, isThere) {
  const begun = performance.now();
  await until(what, async () => {
    const [ours, theirs] = await Promise.all(views.map((view) => view()));
    return JSON.stringify(ours) === JSON.stringify(theirs) && isThere(ours);
  });
  times.push(performance.now() - begun);
}

/** A line about all agreements so far; the promise is a second. */
export function agreementTimes() {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => `${Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0)} ms`;
  return `${sorted.length} agreements: half within ${at(0.5)}, the slowest ${at(1)}`;
}
