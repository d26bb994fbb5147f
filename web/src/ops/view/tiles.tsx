import { now } from '../../base/clock';
import { t } from '../messages';
import { age, count, span } from '../span';
import { useDesk } from './context';

interface TileProps {
  name: string;
  label: string;
  value: string;
  note: string;
  isBad?: boolean;
}

/** The figures that matter, in large type. */
export function Tiles() {
  const overview = useDesk().overview.value;
  if (!overview) return <TileSkeletons />;
  const { outbox, dead, total } = overview;
  const oldest = outbox.oldestAt === undefined ? undefined : Date.parse(outbox.oldestAt);
  const deadText = dead.more ? t('orMore', { number: count(dead.count) }) : count(dead.count);
  return (
    <dl class="tiles">
      <Tile
        name="outbox"
        label={t('outbox')}
        value={count(outbox.events)}
        note={oldest === undefined ? t('outboxEmpty') : t('outboxOldest', { age: age(oldest, now.value) })}
      />
      <Tile name="dead" label={t('dead')} value={deadText} note={dead.count > 0 ? t('deadSome') : t('deadNone')} isBad={dead.count > 0} />
      <Tile name="orders" label={t('orders')} value={count(total.orders)} note={t('lastHourNote')} />
      <Tile
        name="latency"
        label={t('latency')}
        value={total.p50Ms === undefined ? '–' : span(total.p50Ms)}
        note={total.p99Ms === undefined ? t('latencyNone') : t('latencyP99', { time: span(total.p99Ms) })}
      />
    </dl>
  );
}

function Tile({ name, label, value, note, isBad }: TileProps) {
  return (
    <div class={isBad ? 'tile is-bad' : 'tile'} data-tile={name}>
      <dt>{label}</dt>
      <dd>
        <span class="tile-value">{value}</span>
        <span class="tile-note">{note}</span>
      </dd>
    </div>
  );
}

function TileSkeletons() {
  return (
    <div class="tiles" aria-hidden="true">
      {[0, 1, 2, 3].map((one) => (
        <div key={one} class="tile is-loading" />
      ))}
    </div>
  );
}
