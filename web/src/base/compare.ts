/** By code units, the same on every device: ids and RFC 3339 times sort chronologically. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** As Array.prototype.at(-1), which is younger than the oldest browsers. */
export const lastOf = <T>(list: readonly T[]): T | undefined => list[list.length - 1];
