// What a test began is ended after it, whether it passed or not; otherwise a failure would leave the runner waiting.

import { throwViolations } from './conformance.mjs';

const begun = [];

/** Registers what ends something that was begun; the last is ended first. */
export function endLater(end) {
  begun.push(end);
}

/** For `after()`: ends all, and reports the first failure only when all is ended; an event that was not as documented is one. */
export async function endAll() {
  let failure;
  while (begun.length > 0) {
    try {
      await begun.pop()();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure) throw failure;
  throwViolations();
}
