import { lastOf } from '../../base/compare';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { formatTime } from '../../base/format';
import { bars, HEIGHT, indexAt, line, lonely, niceMax, WIDTH } from '../chart';
import type { Overview } from '../ops_store';
import { t } from '../messages';
import { formatCount, formatDuration } from '../format';
import { useOpsStore } from './context';
import './charts.css';

type Minute = Overview['minutes'][number];

/** The last hour by the minute: orders, pushes to kitchens, and how long those took. */
export function LastHour() {
  const overview = useOpsStore().overview.value;
  return (
    <section class="panel" aria-labelledby="last-hour">
      <header class="panel-head">
        <h2 id="last-hour">{t('lastHour')}</h2>
        {overview?.truncated ? <p class="hint">{t('truncated')}</p> : null}
      </header>
      {overview ? <Charts minutes={overview.minutes} total={overview.total} /> : <div class="chart-loading" aria-hidden="true" />}
    </section>
  );
}

function Charts({ minutes, total }: Pick<Overview, 'minutes' | 'total'>) {
  return (
    <div class="charts">
      <OrdersChart minutes={minutes} total={total.orders} />
      <PushesChart minutes={minutes} delivered={total.delivered} failed={total.failed} />
      <LatencyChart minutes={minutes} p50={total.p50Ms} p99={total.p99Ms} />
    </div>
  );
}

function OrdersChart({ minutes, total }: { minutes: Minute[]; total: number }) {
  const values = minutes.map(({ orders }) => orders);
  const max = niceMax(values);
  return (
    <Chart
      name="orders"
      title={t('chartOrders')}
      minutes={minutes}
      top={formatCount(max)}
      summary={t('chartOrdersSummary', { number: formatCount(total) })}
      columns={[t('chartOrders')]}
      cells={({ orders }) => [formatCount(orders)]}
    >
      <Bars values={values} max={max} kind="accent" />
    </Chart>
  );
}

function PushesChart({ minutes, delivered, failed }: { minutes: Minute[]; delivered: number; failed: number }) {
  const good = minutes.map((minute) => minute.delivered);
  const bad = minutes.map((minute) => minute.failed);
  const max = niceMax(minutes.map((minute) => minute.delivered + minute.failed));
  return (
    <Chart
      name="pushes"
      title={t('chartPushes')}
      minutes={minutes}
      top={formatCount(max)}
      summary={t('chartPushesSummary', { delivered: formatCount(delivered), failed: formatCount(failed) })}
      columns={[t('delivered'), t('failures')]}
      cells={(minute) => [formatCount(minute.delivered), formatCount(minute.failed)]}
      legend={
        <>
          <Key kind="accent">{t('delivered')}</Key>
          <Key kind="bad">{t('failures')}</Key>
        </>
      }
    >
      <Bars values={good} max={max} kind="accent" />
      <Bars values={bad} max={max} base={good} kind="bad" />
    </Chart>
  );
}

function LatencyChart({ minutes, p50, p99 }: { minutes: Minute[]; p50: number | undefined; p99: number | undefined }) {
  const half = minutes.map(({ p50Ms }) => p50Ms);
  const most = minutes.map(({ p99Ms }) => p99Ms);
  const max = niceMax(most.map((value) => value ?? 0));
  const text = (value: number | undefined) => (value === undefined ? '–' : formatDuration(value));
  return (
    <Chart
      name="latency"
      title={t('chartLatency')}
      minutes={minutes}
      top={formatDuration(max)}
      summary={p50 === undefined ? t('latencyNone') : t('chartLatencySummary', { p50: formatDuration(p50), p99: text(p99) })}
      columns={[t('p50'), t('p99')]}
      cells={({ p50Ms, p99Ms }) => [text(p50Ms), text(p99Ms)]}
      legend={
        <>
          <Key kind="accent">{t('p50')}</Key>
          <Key kind="soft">{t('p99')}</Key>
        </>
      }
    >
      <Line values={most} max={max} kind="soft" />
      <Line values={half} max={max} kind="accent" />
    </Chart>
  );
}

function Bars({ values, max, base, kind }: { values: number[]; max: number; base?: number[]; kind: string }) {
  return (
    <g class={`mark-${kind}`}>
      {bars(values, max, base).map(({ index, x, y, width, height }) => (
        <rect key={index} x={x} y={y} width={width} height={height} rx="1.5" />
      ))}
    </g>
  );
}

function Line({ values, max, kind }: { values: (number | undefined)[]; max: number; kind: string }) {
  return (
    <g class={`line-${kind}`}>
      <path d={line(values, max)} />
      {lonely(values, max).map(({ x, y }) => (
        <circle key={x} cx={x} cy={y} r="4" />
      ))}
    </g>
  );
}

const Key = ({ kind, children }: { kind: string; children: ComponentChildren }) => (
  <span class={`key key-${kind}`}>{children}</span>
);

interface ChartProps {
  name: string;
  title: string;
  minutes: Minute[];
  /** The label of the upper edge. */
  top: string;
  summary: string;
  columns: string[];
  cells: (minute: Minute) => string[];
  legend?: ComponentChildren;
  children: ComponentChildren;
}

function Chart({ name, title, minutes, top, summary, columns, cells, legend, children }: ChartProps) {
  const pointed = useSignal<number | undefined>(undefined);
  const label = useId();
  const minute = pointed.value === undefined ? undefined : minutes[pointed.value];
  const readout = minute ? `${formatTime(minute.at)} · ${cells(minute).join(' / ')}` : summary;
  const onPointer = (event: PointerEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    pointed.value = indexAt((event.clientX - box.left) / box.width, minutes.length);
  };
  return (
    <figure class="chart" data-chart={name} aria-labelledby={label}>
      <figcaption>
        <h3 id={label}>{title}</h3>
        <p class="chart-readout">{readout}</p>
      </figcaption>
      <div class="chart-plot">
        <span class="chart-top" aria-hidden="true">
          {top}
        </span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={`${title}: ${summary}`}
          onPointerMove={onPointer}
          onPointerLeave={() => (pointed.value = undefined)}
        >
          <path class="grid" d={`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`} />
          {pointed.value === undefined ? null : (
            <rect class="pointed" x={(pointed.value * WIDTH) / minutes.length} y="0" width={WIDTH / minutes.length} height={HEIGHT} />
          )}
          {children}
        </svg>
      </div>
      <p class="chart-axis" aria-hidden="true">
        <span>{formatTime(minutes[0]?.at ?? 0)}</span>
        {legend ? <span class="legend">{legend}</span> : null}
        <span>{formatTime(lastOf(minutes)?.at ?? 0)}</span>
      </p>
      <MinuteTable title={title} minutes={minutes} columns={columns} cells={cells} />
    </figure>
  );
}

/** The same as text; drawn only while it is open. */
function MinuteTable({ title, minutes, columns, cells }: Pick<ChartProps, 'title' | 'minutes' | 'columns' | 'cells'>) {
  const isOpen = useSignal(false);
  return (
    <details class="chart-table" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>{t('asTable')}</summary>
      {isOpen.value ? (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('minute')}</th>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...minutes].reverse().map((minute) => (
                <tr key={minute.at}>
                  <th scope="row">{formatTime(minute.at)}</th>
                  {cells(minute).map((cell, index) => (
                    <td key={index}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  );
}
