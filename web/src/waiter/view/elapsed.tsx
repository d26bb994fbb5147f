import { useComputed, useSignal } from '@preact/signals';
import { elapsed, now } from '../../base/clock';

/** Once waiting for so long it is shown in the colour of a warning, and of what is late. */
interface Limits {
  warnS: number;
  lateS: number;
}

/** The time since then, a second at a time. `say` puts it into words for those who hear it. */
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

/** Food on the pass gets cold. */
export const PASS_LIMITS: Limits = { warnS: 180, lateS: 360 };
