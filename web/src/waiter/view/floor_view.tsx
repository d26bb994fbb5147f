// The tables of the branch, as they stand in its areas.

import { t, TABLE_STATUS_LABELS } from '../messages';
import { preferences } from '../preferences';
import type { Area, ShownTable, TableStatus } from '../table_status';
import { Elapsed, Minutes, PASS_LIMITS } from './elapsed';
import { opened, openTable, useMoney, useFloorStore } from './context';
import './floor_view.css';

export function FloorView() {
  const store = useFloorStore();
  if (!store.isLoaded.value) {
    return (
      <section class="floor floor-empty" aria-busy="true">
        <p>{t('loading')}</p>
      </section>
    );
  }
  const all = store.areas.value;
  const chosen = all.filter(({ id }) => id === preferences.value.areaId);
  const areas = chosen.length > 0 ? chosen : all;
  return (
    <section class="floor" aria-label={t('tables')}>
      {areas.length === 0 ? <p class="floor-empty">{t('noTables')}</p> : null}
      {areas.map((area) => (
        <AreaSection key={area.id} area={area} />
      ))}
    </section>
  );
}

function AreaSection({ area }: { area: Area }) {
  const busy = area.tables.filter(({ session }) => session !== undefined).length;
  return (
    <section class="area" aria-labelledby={`area-${area.id}`}>
      <h2 id={`area-${area.id}`}>
        <bdi>{area.name}</bdi>{' '}
        <small>
          {busy} / {area.tables.length}
        </small>
      </h2>
      <ul class="tables">
        {area.tables.map((shown) => (
          <li key={shown.table.id}>
            <TableCard shown={shown} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Distinct without colours too. */
const MARKS: Record<TableStatus, string> = { free: '', cleaning: '✧', seated: '○', ordered: '◔', cooking: '◑', ready: '●', toPay: '¤' };

/** Characters of a table's name that stand beside the time. */
const LONG_NAME = 6;

function TableCard({ shown: { table, status, since, bill, orders } }: { shown: ShownTable }) {
  const store = useFloorStore();
  const amount = useMoney();
  const isAlarming = orders.some(({ id }) => store.floor.value.alarms.has(id));
  const isAsking = orders.some(({ cancelRequest }) => cancelRequest !== undefined);
  return (
    <button
      type="button"
      class={`table stage-${status} ${isAlarming ? 'is-alarming' : ''}`}
      data-table={table.id}
      data-stage={status}
      aria-current={opened.value?.tableId === table.id}
      onClick={() => openTable(table.id)}
    >
      <span class={`table-number ${table.number.length > LONG_NAME ? 'is-long' : ''}`}>
        <bdi>{table.number}</bdi>
      </span>
      {since === undefined ? null : status === 'ready' ? <Elapsed since={since} limits={PASS_LIMITS} /> : <Minutes since={since} />}
      <span class="table-state">
        <span class="table-stage">
          <span class="table-mark" aria-hidden="true">
            {MARKS[status]}
          </span>
          {t(TABLE_STATUS_LABELS[status])}
          {isAsking ? (
            <span class="table-asking" title={t('askCancel')}>
              ?
            </span>
          ) : null}
        </span>
        {bill.outstanding === 0 ? null : <span class="table-amount">{amount(bill.outstanding)}</span>}
      </span>
    </button>
  );
}
