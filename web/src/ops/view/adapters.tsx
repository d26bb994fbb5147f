import { now } from '../../base/clock';
import { formatTime } from '../../base/format';
import type { Adapters as AdapterList } from '../ops_store';
import { t } from '../messages';
import { formatAge, formatCount } from '../format';
import { useOpsStore } from './context';

type Adapter = AdapterList['adapters'][number];

const STATES = { closed: 'circuitClosed', open: 'circuitOpen', half_open: 'circuitTrying', stopped: 'circuitStopped' } as const;

/** Where events are pushed, and whether that works. */
export function Adapters() {
  const known = useOpsStore().adapters.value;
  return (
    <section class="panel" aria-labelledby="adapters">
      <header class="panel-head">
        <h2 id="adapters">{t('adapters')}</h2>
        {known && known.adapters.length > 1 ? <p class="hint">{t(known.mode === 'mirror' ? 'modeMirror' : 'modeFailover')}</p> : null}
      </header>
      {known ? (
        <ul class="rows">
          {known.adapters.map((adapter) => (
            <AdapterRow key={`${adapter.stream}.${adapter.name}`} adapter={adapter} />
          ))}
        </ul>
      ) : (
        <p class="empty">{t('loading')}</p>
      )}
    </section>
  );
}

function AdapterRow({ adapter }: { adapter: Adapter }) {
  const { name, circuit, backlog, lastFailure, inForce } = adapter;
  const oldest = backlog.oldestAt === undefined ? undefined : Date.parse(backlog.oldestAt);
  const isRecent = lastFailure !== undefined && circuit.state !== 'closed';
  return (
    <li class="row" data-adapter={name} data-circuit={circuit.state}>
      <div class="row-head">
        <h3>{name}</h3>
        <span class={`pill pill-${circuit.state}`}>{t(STATES[circuit.state])}</span>
        {inForce ? <span class="pill pill-quiet">{t('inForce')}</span> : null}
      </div>
      <p class="row-facts">
        <span>{t('circuitSince', { age: formatAge(Date.parse(circuit.since), now.value) })}</span>
        <span>
          {backlog.events === 0
            ? t('backlogNone')
            : t('backlog', { count: backlog.events, number: formatCount(backlog.events), age: oldest === undefined ? '–' : formatAge(oldest, now.value) })}
        </span>
      </p>
      {lastFailure ? (
        <p class={isRecent ? 'answer is-bad' : 'answer'}>
          <span class="answer-when">{t('lastFailure', { time: formatTime(lastFailure.at, { second: '2-digit' }) })}</span> <q>{lastFailure.reason}</q>
        </p>
      ) : null}
    </li>
  );
}
