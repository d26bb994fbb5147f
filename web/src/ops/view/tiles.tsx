import { now } from '../../base/clock';
import { t } from '../messages';
import { formatAge, formatCount, formatDuration } from '../format';
import { useOpsStore } from './context';
import './tiles.css';

interface TileProps {
  name: string;
  label: string;
  value: string;
  note: string;
  isBad?: boolean;
}

/** The figures that matter, in large type. */
export function Tiles() {
  const overview = useOpsStore().overview.value;
  if (!overview) return <TileSkeletons />;
  const { outbox, dead, total } = overview;
  const oldest = outbox.oldestAt === undefined ? undefined : Date.parse(outbox.oldestAt);
  const deadText = dead.more ? t('orMore', { number: formatCount(dead.count) }) : formatCount(dead.count);
  return (
    <dl class="tiles">
      <Tile
        name="outbox"
        label={t('outbox')}
        value={formatCount(outbox.events)}
        note={oldest === undefined ? t('outboxEmpty') : t('outboxOldest', { age: formatAge(oldest, now.value) })}
      />
      <Tile name="dead" label={t('dead')} value={deadText} note={dead.count > 0 ? t('deadSome') : t('deadNone')} isBad={dead.count > 0} />
      <Tile name="orders" label={t('orders')} value={formatCount(total.orders)} note={t('lastHourNote')} />
      <Tile
        name="latency"
        label={t('latency')}
        value={total.p50Ms === undefined ? '–' : formatDuration(total.p50Ms)}
        note={total.p99Ms === undefined ? t('latencyNone') : t('latencyP99', { time: formatDuration(total.p99Ms) })}
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
