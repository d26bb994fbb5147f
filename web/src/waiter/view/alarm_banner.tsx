// Orders that the kitchen has not seen: stands above everything else until it has, or until somebody puts it aside. Then the
// bar above goes on saying how many there are, and another alarm brings all of them back.

import { alarmLabel, t } from '../messages';
import { alarmStations, type Alarm } from '../floor';
import { useFloorStore } from './context';
import { Elapsed } from './elapsed';
import './alarm_banner.css';

const SHOWN_MAX = 4;

export function AlarmBanner() {
  const store = useFloorStore();
  const alarms = [...store.floor.value.alarms.values()].sort((a, b) => (a.since < b.since ? -1 : 1));
  return (
    <div role="alert" aria-live="assertive">
      {store.isAlarming.value ? (
        <section class="alarm" data-alarms={alarms.length}>
          <span class="alarm-mark" aria-hidden="true">
            !
          </span>
          <div class="alarm-text">
            <h2>{t('alarmTitle', { count: alarms.length })}</h2>
            <ul>
              {alarms.slice(0, SHOWN_MAX).map((alarm) => (
                <AlarmLine key={alarm.orderId} alarm={alarm} />
              ))}
            </ul>
            <p>{t('alarmGo')}</p>
          </div>
          <button type="button" data-action="put-aside" onClick={() => store.putAlarmsAside()}>
            {t('alarmAside')}
          </button>
        </section>
      ) : null}
    </div>
  );
}

function AlarmLine({ alarm }: { alarm: Alarm }) {
  const { orderId, reason, since, table, orderNumber } = alarm;
  const isKnown = table !== undefined && orderNumber !== undefined;
  const stations = alarmStations(useFloorStore().floor.value, alarm) ?? [];
  return (
    <li data-alarm={orderId} data-reason={reason}>
      <b>
        {isKnown ? t('alarmOrder', { table, number: orderNumber }) : t('alarmSomeOrder')}
        {stations.length > 0 ? (
          <span class="alarm-stations">
            {' · '}
            <bdi>{stations.join(', ')}</bdi>
          </span>
        ) : null}
      </b>{' '}
      <span>{t(alarmLabel(reason))}</span>{' '}
      <span aria-hidden="true">
        <Elapsed since={since} say={(time) => t('alarmSince', { time })} />
      </span>
    </li>
  );
}

/** What is left of the banner while it is put aside. */
export function AlarmsAside() {
  const store = useFloorStore();
  const count = store.floor.value.alarms.size;
  if (count === 0 || store.isAlarming.value) return null;
  return (
    <button type="button" class="alarms-aside" data-alarms-aside={count} aria-label={t('alarmShow', { count })} onClick={() => store.showAlarms()}>
      <span aria-hidden="true">! {count}</span>
    </button>
  );
}
