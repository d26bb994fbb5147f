import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { now } from '../../base/clock';
import { LiveRegion } from '../../base/ui/live_region';
import { formatTime } from '../../base/format';
import type { OpsStore } from '../ops_store';
import { problemsOf, type Problem } from '../health';
import { t } from '../messages';
import { formatAge, formatCount } from '../format';
import { useOpsStore } from './context';
import './status.css';

const problemsIn = (store: OpsStore) =>
  problemsOf({
    overview: store.overview.value,
    adapters: store.adapters.value,
    displays: store.displays.value,
    alarms: store.alarms.value,
    nowMs: now.value,
  });

export function textOf(problem: Problem): string {
  switch (problem.kind) {
    case 'stopped':
      return t('problemStopped', { adapter: problem.adapter });
    case 'open':
      return t('problemOpen', { adapter: problem.adapter });
    case 'trying':
      return t('problemTrying', { adapter: problem.adapter });
    case 'dead':
      return t('problemDead', { count: problem.count, number: formatCount(problem.count) });
    case 'late':
      return t('problemLate', { age: formatAge(0, problem.ms) });
    case 'dark':
      return t('problemDark', { branch: problem.branch });
    case 'unattended':
      return t('problemUnattended', { time: formatTime(problem.alarm.since) });
  }
}

/** One line when all is well; otherwise what is not. */
export function Status() {
  const store = useOpsStore();
  const problems = useComputed(() => problemsIn(store)).value;
  if (!store.overview.value) {
    const { fault } = store;
    return (
      <section class="status" aria-label={t('status')} data-health="unknown">
        <p>{fault.value ? t('failed', { detail: fault.value.message }) : t('loading')}</p>
      </section>
    );
  }
  if (problems.length === 0) {
    return (
      <section class="status is-well" aria-label={t('status')} data-health="well">
        <span class="status-mark" aria-hidden="true">
          ✓
        </span>
        <p>{t('allWell')}</p>
      </section>
    );
  }
  return (
    <section class="status is-troubled" aria-label={t('status')} data-health="troubled">
      <span class="status-mark" aria-hidden="true">
        !
      </span>
      <ul>
        {problems.map((problem, index) => (
          <li key={index} data-problem={problem.kind}>
            {textOf(problem)}
            {problem.kind === 'unattended' ? <AlarmButtons problem={problem} /> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function AlarmButtons({ problem }: { problem: Extract<Problem, { kind: 'unattended' }> }) {
  const store = useOpsStore();
  const { orderId } = problem.alarm;
  return (
    <span class="alarm-buttons">
      {orderId === undefined ? null : (
        <button type="button" onClick={() => void store.search.find(orderId)}>
          {t('showTimeline')}
        </button>
      )}
      <button type="button" class="quiet" onClick={() => store.dismissAlarm(problem.alarm)}>
        {t('dismiss')}
      </button>
    </span>
  );
}

/** What changed, for screen readers; ages do not count. */
export function Announcer() {
  const store = useOpsStore();
  const announcement = useSignal('');
  const known = useComputed(() =>
    problemsIn(store)
      .filter(({ kind }) => kind !== 'late')
      .map(textOf)
      .join(' '),
  );
  useSignalEffect(() => {
    const text = known.value;
    if (!store.overview.value) return;
    announcement.value = text === '' ? t('allWell') : text;
  });
  return <LiveRegion text={announcement.value} />;
}
