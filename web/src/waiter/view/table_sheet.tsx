// One table, opened beside the floor: its orders, the bill, and its actions.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t, TABLE_STATUS_LABELS } from '../messages';
import type { ShownTable } from '../table_status';
import { CancelForm } from './cancel_form';
import { CloseForm } from './close_form';
import { findTable, opened, openTable, useMoney, useFloorStore, type Task } from './context';
import { Minutes } from './elapsed';
import { OrderCard } from './order_card';
import { PayForm } from './pay_form';
import { PlaceForm } from './place_form';
import './table_sheet.css';

/** The focus goes back to where it came from. */
export function closeSheet(): void {
  const tableId = opened.value?.tableId;
  opened.value = undefined;
  if (tableId === undefined) return;
  requestAnimationFrame(() => cardOf(tableId)?.focus());
}

const cardOf = (tableId: string) => document.querySelector<HTMLElement>(`[data-table="${CSS.escape(tableId)}"]`);

export function TableSheet() {
  const store = useFloorStore();
  const open = opened.value;
  const shown = open && findTable(store, open.tableId);
  if (!open || !shown) return null;
  return <Sheet key={open.tableId} shown={shown} task={open.task} />;
}

function Sheet({ shown, task }: { shown: ShownTable; task: Task }) {
  const { table, status, session } = shown;
  const heading = useRef<HTMLHeadingElement>(null);
  const isAtTask = task.kind !== 'overview' && session !== undefined;
  // A task ends with the session, on whatever device the table was closed.
  const isLost = task.kind !== 'overview' && session === undefined;
  useEffect(() => {
    if (isLost) openTable(table.id);
  }, [isLost, table.id]);
  useEffect(() => heading.current?.focus(), [task.kind]);
  useEffect(() => cardOf(table.id)?.scrollIntoView({ block: 'nearest' }), [table.id]);
  const back = () => (isAtTask ? openTable(table.id) : closeSheet());
  return (
    <section class="sheet" aria-label={table.table} data-sheet={table.id} onKeyDown={(event) => event.key === 'Escape' && back()}>
      <header class="sheet-head">
        <button type="button" class="quiet sheet-back" onClick={back} aria-label={isAtTask ? t('back') : t('close')}>
          {isAtTask ? '‹' : '×'}
        </button>
        <h2 ref={heading} tabIndex={-1}>
          <bdi class="sheet-number">{table.number}</bdi>{' '}
          <small>
            <bdi>{table.area}</bdi>
          </small>
        </h2>
        <span class={`chip stage-${status}`}>{t(TABLE_STATUS_LABELS[status])}</span>
      </header>
      <SheetBody shown={shown} task={isAtTask ? task : { kind: 'overview' }} />
    </section>
  );
}

function SheetBody({ shown, task }: { shown: ShownTable; task: Task }) {
  const { session } = shown;
  if (!session) return <NobodyThere shown={shown} />;
  if (task.kind === 'pay') return <PayForm shown={shown} sessionId={session.id} />;
  if (task.kind === 'close') return <CloseForm shown={shown} sessionId={session.id} />;
  if (task.kind === 'place') return <PlaceForm shown={shown} sessionId={session.id} />;
  if (task.kind === 'cancel') return <CancelForm shown={shown} orderId={task.orderId} />;
  return <Guests shown={shown} sessionId={session.id} openedAt={session.openedAt} />;
}

function EmptyState({ title, help, children }: { title: string; help: string; children?: ComponentChildren }) {
  return (
    <div class="calm">
      <h3>{title}</h3>
      <p>{help}</p>
      {children}
    </div>
  );
}

function NobodyThere({ shown: { table, status } }: { shown: ShownTable }) {
  const store = useFloorStore();
  if (status !== 'cleaning') return <EmptyState title={t('freeTitle')} help={t('freeHelp')} />;
  const isWaiting = store.isWaiting('clean', table.id);
  return (
    <EmptyState title={t('cleaningTitle')} help={t('cleaningHelp')}>
      <button
        type="button"
        class="primary"
        data-action="clean"
        disabled={isWaiting}
        onClick={() => store.act({ kind: 'clean', tableId: table.id, table: table.table })}
      >
        {t('markClean')}
      </button>
    </EmptyState>
  );
}

function Guests({ shown, sessionId, openedAt }: { shown: ShownTable; sessionId: string; openedAt: string }) {
  const { orders } = shown;
  return (
    <>
      <div class="sheet-scroll">
        <p class="sheet-since">
          {t('seatedSince')} <Minutes since={openedAt} />
        </p>
        {orders.length === 0 ? <EmptyState title={t('noOrders')} help={t('noOrdersHelp')} /> : null}
        {[...orders].reverse().map((order) => (
          <OrderCard key={order.id} order={order} />
        ))}
      </div>
      <Bill shown={shown} sessionId={sessionId} />
    </>
  );
}

function Bill({ shown: { table, bill }, sessionId }: { shown: ShownTable; sessionId: string }) {
  const store = useFloorStore();
  const amount = useMoney();
  const [isPaying, isClosing] = [store.isWaiting('pay', sessionId), store.isWaiting('close', sessionId)];
  const isPlacing = store.isWaiting('place', sessionId);
  const doing = isPaying ? t('paying') : isClosing ? t('closing') : isPlacing ? t('placing') : '';
  return (
    <footer class="bill" aria-label={t('bill')}>
      <dl>
        {bill.paid > 0 ? (
          <>
            <Line label="billFinal" text={amount(bill.final)} />
            <Line label="billPaid" text={amount(bill.paid)} />
          </>
        ) : null}
        <Line
          label={bill.outstanding < 0 ? 'billBack' : 'billOutstanding'}
          text={amount(Math.abs(bill.outstanding))}
          isStrong={true}
        />
      </dl>
      <p class="doing" role="status">
        {doing}
      </p>
      <div class="bill-buttons">
        <button
          type="button"
          class={bill.outstanding > 0 ? 'primary' : ''}
          data-action="pay"
          disabled={bill.outstanding <= 0 || isPaying || isClosing}
          onClick={() => openTable(table.id, { kind: 'pay' })}
        >
          {t('takePayment')}
        </button>
        <button type="button" data-action="place" disabled={isPlacing || isClosing} onClick={() => openTable(table.id, { kind: 'place' })}>
          {t('addOrder')}
        </button>
        <button type="button" data-action="close" disabled={isClosing || isPaying} onClick={() => openTable(table.id, { kind: 'close' })}>
          {t('closeTable')}
        </button>
      </div>
    </footer>
  );
}

function Line({ label, text, isStrong }: { label: 'billFinal' | 'billPaid' | 'billOutstanding' | 'billBack'; text: string; isStrong?: boolean }) {
  return (
    <div class={isStrong ? 'bill-strong' : ''} data-bill={label}>
      <dt>{t(label)}</dt>
      <dd>{text}</dd>
    </div>
  );
}
