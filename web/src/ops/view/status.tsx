import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { now } from '../../base/clock';
import type { Desk } from '../desk';
import { problemsOf, type Problem } from '../health';
import { t } from '../messages';
import { age, clock, count } from '../span';
import { useDesk } from './context';

const problemsIn = (desk: Desk) =>
  problemsOf({
    overview: desk.overview.value,
    adapters: desk.adapters.value,
    displays: desk.displays.value,
    alarms: desk.alarms.value,
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
      return t('problemDead', { count: problem.count, number: count(problem.count) });
    case 'late':
      return t('problemLate', { age: age(0, problem.ms) });
    case 'dark':
      return t('problemDark', { branch: problem.branch });
    case 'unattended':
      return t('problemUnattended', { time: clock(problem.alarm.since) });
  }
}

/** One line when all is well; otherwise what is not. */
export function Status() {
  const desk = useDesk();
  const problems = useComputed(() => problemsIn(desk)).value;
  if (!desk.overview.value) {
    const { fault } = desk;
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
  const desk = useDesk();
  const { orderId } = problem.alarm;
  return (
    <span class="alarm-buttons">
      {orderId === undefined ? null : (
        <button type="button" onClick={() => void desk.search.find(orderId)}>
          {t('showStory')}
        </button>
      )}
      <button type="button" class="quiet" onClick={() => desk.dismissAlarm(problem.alarm)}>
        {t('dismiss')}
      </button>
    </span>
  );
}

/** What changed, for screen readers; ages do not count. */
export function Announcer() {
  const desk = useDesk();
  const said = useSignal('');
  const known = useComputed(() =>
    problemsIn(desk)
      .filter(({ kind }) => kind !== 'late')
      .map(textOf)
      .join(' '),
  );
  useSignalEffect(() => {
    const text = known.value;
    if (!desk.overview.value) return;
    said.value = text === '' ? t('allWell') : text;
  });
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {said.value}
    </p>
  );
}
