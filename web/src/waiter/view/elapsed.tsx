import { useComputed, useSignal } from '@preact/signals';
import { elapsed, now } from '../../base/clock';
import { t } from '../messages';
import './elapsed.css';

/** Ages from which the time is shown as a warning, and as late. */
interface Limits {
  warnS: number;
  lateS: number;
}

/** The time since then, updated every second. `say` makes the text of its tooltip. */
export function Elapsed(props: { since: string; say?: (time: string) => string; limits?: Limits }) {
  const since = useSignal(props.since);
  since.value = props.since;
  const text = useComputed(() => elapsed(now.value - Date.parse(since.value)));
  const level = useComputed(() => {
    const seconds = (now.value - Date.parse(since.value)) / 1000;
    if (!props.limits || seconds < props.limits.warnS) return '';
    return seconds < props.limits.lateS ? 'is-warn' : 'is-late';
  });
  const label = props.say;
  return (
    <time class={`elapsed ${level.value}`} dateTime={props.since} title={label?.(text.value)}>
      {text}
    </time>
  );
}

/** The time since then without seconds: "47 min", "1 h 05". */
export function Minutes({ since }: { since: string }) {
  const from = useSignal(since);
  from.value = since;
  const text = useComputed(() => {
    const minutes = Math.max(0, Math.floor((now.value - Date.parse(from.value)) / 60_000));
    if (minutes < 60) return t('minutes', { minutes });
    return t('hours', { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, '0') });
  });
  return (
    <time class="elapsed" dateTime={since}>
      {text}
    </time>
  );
}

/** Food on the pass gets cold. */
export const PASS_LIMITS: Limits = { warnS: 180, lateS: 360 };
