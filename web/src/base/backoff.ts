/** How long to wait before try number `attempt` (from 0): exponential, with full jitter. */
export function backoffMs(attempt: number, { firstMs = 250, maxMs = 10_000, random = Math.random } = {}): number {
  return Math.round(random() * Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 20)));
}
