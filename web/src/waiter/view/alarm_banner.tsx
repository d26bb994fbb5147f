// Orders that the kitchen has not seen: stays above everything else until it has.

import { alarmLabel, t } from '../messages';
import type { Alarm } from '../floor';
import { useFloorStore } from './context';
import { Elapsed } from './elapsed';
import './alarm_banner.css';

const SHOWN_MAX = 4;

export function AlarmBanner() {
  const alarms = [...useFloorStore().floor.value.alarms.values()].sort((a, b) => (a.since < b.since ? -1 : 1));
  return (
    <div role="alert" aria-live="assertive">
      {alarms.length === 0 ? null : (
        <section class="alarm" data-alarms={alarms.length}>
          <span class="alarm-mark" aria-hidden="true">
            !
          </span>
          <div>
            <h2>{t('alarmTitle', { count: alarms.length })}</h2>
            <ul>
              {alarms.slice(0, SHOWN_MAX).map((alarm) => (
                <AlarmLine key={alarm.orderId} alarm={alarm} />
              ))}
            </ul>
            <p>{t('alarmGo')}</p>
          </div>
        </section>
      )}
    </div>
  );
}

function AlarmLine({ alarm: { orderId, reason, since, table, orderNumber } }: { alarm: Alarm }) {
  const isKnown = table !== undefined && orderNumber !== undefined;
  return (
    <li data-alarm={orderId} data-reason={reason}>
      <b>{isKnown ? t('alarmOrder', { table, number: orderNumber }) : t('alarmSomeOrder')}</b> <span>{t(alarmLabel(reason))}</span>{' '}
      <span aria-hidden="true">
        <Elapsed since={since} say={(time) => t('alarmSince', { time })} />
      </span>
    </li>
  );
}
