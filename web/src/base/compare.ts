/** By code units, the same on every device: ids and RFC 3339 times sort chronologically. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
