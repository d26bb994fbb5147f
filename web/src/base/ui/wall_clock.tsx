import { useComputed } from '@preact/signals';
import { now } from '../clock';
import { formatTime } from '../format';

/** The time of day by the service's clock. */
export function WallClock() {
  const text = useComputed(() => formatTime(now.value));
  return <span class="clock">{text}</span>;
}
