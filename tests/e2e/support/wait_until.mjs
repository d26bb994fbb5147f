// Waiting for conditions, never for durations: each wait has a deadline, long enough for the busiest machine, and says what
// it waited for.

export const DEADLINE_MS = 60_000;
/** The longer something takes, the less often it is looked at: tests that wait leave the processor to those that work. */
const POLL_MS_MIN = 10;
const POLL_MS_MAX = 100;

/** The first truthy answer of `poll` (may be async). */
export async function waitUntil(what, poll, deadlineMs = DEADLINE_MS) {
  const begun = Date.now();
  for (;;) {
    const answer = await poll();
    if (answer) return answer;
    const waitedMs = Date.now() - begun;
    if (waitedMs > deadlineMs) throw new Error(`waited ${deadlineMs} ms for ${what}`);
    const pauseMs = Math.min(Math.max(waitedMs / 10, POLL_MS_MIN), POLL_MS_MAX);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** The promise's value, or an error that says what did not come. */
export function withDeadline(what, promise, deadlineMs = DEADLINE_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${deadlineMs} ms for ${what}`)), deadlineMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
