// The service's time, a second at a time: clocks of wall displays go wrong.

import { signal, type ReadonlySignal } from '@preact/signals';

const offsetMs = signal(0);
const tick = signal(Date.now());
const jumps = signal(0);
const JUMP_MS = 3_000;
let ahead = Date.now() - performance.now();

/** Grows when the device's clock was set, or the device slept: times derived from earlier reads are wrong. */
export const clockJumps: ReadonlySignal<number> = jumps;

function hasJumped(): boolean {
  const before = ahead;
  ahead = Date.now() - performance.now();
  return Math.abs(ahead - before) > JUMP_MS;
}

window.setInterval(() => {
  if (hasJumped()) jumps.value++;
  tick.value = Date.now() + offsetMs.value;
}, 1000);

/** Milliseconds since 1970, by the service's clock. */
export const now: ReadonlySignal<number> = tick;

/** `serverTime`: the time of the service, RFC 3339. */
export function setServerTime(serverTime: string): void {
  const parsed = Date.parse(serverTime);
  if (Number.isNaN(parsed)) return;
  offsetMs.value = parsed - Date.now();
  tick.value = parsed;
}

/** 65 000 ms is "1:05", an hour and more "1:02:09". */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
