import { joined } from '../../base/bidi';
import { formatTime, formatMoney } from '../../base/format';
import { ORDER_STATUS_LABELS } from '../../base/i18n/labels';
import { t } from '../messages';
import type { OpenOrder, Order } from '../search';
import { formatDuration } from '../format';
import type { TimelineStep, Kind, Push, DeviceReceipt, Timeline } from '../timeline';
import { AUDIENCE_LABELS, CAUSE_LABELS, KIND_LABELS, OUTCOME_LABELS } from '../labels';
import { useOpsStore } from './context';
import './timeline_view.css';

const STATUSES = new Map(Object.entries(ORDER_STATUS_LABELS));

export function TimelineView({ open }: { open: OpenOrder }) {
  const { order, timeline, isTruncated } = open;
  return (
    <>
      <OrderHead order={order} />
      <Verdict timeline={timeline} />
      <ol class="chapters" aria-label={t('timeline')}>
        {timeline.steps.map((step) => (
          <StepView key={step.key} step={step} committedAt={timeline.committedAt} />
        ))}
      </ol>
      {isTruncated ? <p class="hint">{t('timelineTruncated')}</p> : null}
    </>
  );
}

function OrderHead({ order }: { order: Order }) {
  const branches = useOpsStore().overview.value?.branches ?? [];
  const branch = branches.find(({ branchId }) => branchId === order.branchId)?.name;
  const lines = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <header class="order-head">
      <div class="row-head">
        <h3>{t('orderTitle', { number: order.orderNumber })}</h3>
        <span class={`pill pill-order pill-${order.status}`}>{t(ORDER_STATUS_LABELS[order.status])}</span>
      </div>
      <p class="row-facts">
        <span>{joined([branch, order.table], ', ')}</span>
        {order.customerName ? (
          <span>
            <bdi>{order.customerName}</bdi>
          </span>
        ) : null}
        <span>{t('itemCount', { count: lines })}</span>
        <span>{formatMoney(order.finalAmount, order.currency)}</span>
        <span>{formatTime(order.createdAt, { day: 'numeric', month: 'short' })}</span>
      </p>
      {order.note ? (
        <p class="note">
          <bdi>{order.note}</bdi>
        </p>
      ) : null}
      <ul class="order-items">
        {order.items.map((item) => (
          <li key={item.itemId} class={item.status === 'cancelled' ? 'is-struck' : ''}>
            <b>{item.quantity}×</b> <bdi>{item.name}</bdi>
            {item.note ? (
              <i class="item-note">
                {' '}
                <bdi>{item.note}</bdi>
              </i>
            ) : null}
          </li>
        ))}
      </ul>
    </header>
  );
}

/** The answer to "did the kitchen get it", in one sentence. */
function Verdict({ timeline }: { timeline: Timeline }) {
  const { firstSeen, firstReceived, kitchenPush, kitchenFailure, committedAt } = timeline;
  const name = useStaffName((firstSeen ?? firstReceived)?.actor);
  const after = (at: number | undefined) => formatDuration((at ?? committedAt) - committedAt);
  const say = (kind: string, text: string) => (
    <p class={`verdict verdict-${kind}`} data-verdict={kind}>
      {text}
    </p>
  );
  if (firstSeen) return say('seen', t('verdictSeen', { device: screenText(firstSeen.device, name), time: after(firstSeen.seenAt) }));
  if (firstReceived) return say('received', t('verdictReceived', { device: screenText(firstReceived.device, name), time: after(firstReceived.receivedAt) }));
  if (kitchenPush) return say('pushed', t('verdictPushed', { adapter: kitchenPush.adapter, time: after(kitchenPush.at) }));
  if (kitchenFailure) return say('failed', t('verdictFailed', { adapter: kitchenFailure.adapter, detail: kitchenFailure.detail ?? '' }));
  return say('waiting', t('verdictWaiting'));
}

function StepView({ step, committedAt }: { step: TimelineStep; committedAt: number }) {
  const { kind, at, pushes, receipts } = step;
  const isOpening = kind === 'committed' || kind === 'accepted';
  const isBad = kind === 'escalated' || kind === 'cancelled' || kind === 'cancel_requested';
  return (
    <li class={isBad ? 'chapter is-bad' : 'chapter'} data-kind={kind}>
      <p class="chapter-time">
        <time dateTime={new Date(at).toISOString()}>{formatTime(at, { second: '2-digit', fractionalSecondDigits: 3 })}</time>
        {isOpening ? null : <span> +{formatDuration(at - committedAt)}</span>}
      </p>
      <p class="chapter-what">
        <b>{t(KIND_LABELS[kind])}</b>
        <Detail step={step} />
      </p>
      <Related step={step} />
      {pushes.length + receipts.length > 0 ? (
        <ul class="chapter-more">
          {pushes.map((push, index) => (
            <PushLine key={index} push={push} since={at} />
          ))}
          {receipts.map((receipt) => (
            <ReceiptLine key={receipt.device} receipt={receipt} since={at} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function Detail({ step }: { step: TimelineStep }) {
  const { kind, detail, actor } = step;
  const name = useStaffName(actor);
  const text = joined([detailText(kind, detail), kind === 'acknowledged' ? undefined : name]);
  return text === '' ? null : <span class="chapter-detail">{text}</span>;
}

function detailText(kind: Kind, detail: string | undefined): string | undefined {
  const isAlarm = kind === 'escalated' || kind === 'escalation_cleared';
  if (isAlarm && detail !== undefined && detail in CAUSE_LABELS) return t(CAUSE_LABELS[detail as keyof typeof CAUSE_LABELS]);
  const isStatus = kind === 'status_changed' || kind === 'item_status_changed' || kind === 'recalled';
  const label = isStatus && detail !== undefined ? STATUSES.get(detail) : undefined;
  return label ? t(label) : detail;
}

/** In small type, each once. */
function Related({ step }: { step: TimelineStep }) {
  const texts = step.related.map(({ kind, detail }) => joined([t(KIND_LABELS[kind]), detailText(kind, detail)], ' '));
  return texts.length > 0 ? <p class="chapter-also">{[...new Set(texts)].join(' · ')}</p> : null;
}

function PushLine({ push, since }: { push: Push; since: number }) {
  const { adapter, attempt, outcome, detail, audiences, at } = push;
  const isGood = outcome === 'delivered';
  const names = audiences.map((audience) => {
    const label = AUDIENCE_LABELS[audience];
    return label ? t(label) : audience;
  });
  return (
    <li class={isGood ? 'push is-good' : outcome === 'skipped' ? 'push' : 'push is-bad'} data-outcome={outcome}>
      <span>
        {t(OUTCOME_LABELS[outcome], { adapter, channels: names.join(', ') })}
        {attempt > 1 ? ` · ${t('attempt', { number: attempt })}` : ''}
        {detail ? <q>{detail}</q> : null}
      </span>
      <span class="after">+{formatDuration(at - since)}</span>
    </li>
  );
}

function ReceiptLine({ receipt, since }: { receipt: DeviceReceipt; since: number }) {
  const { device, actor, receivedAt, seenAt } = receipt;
  const name = useStaffName(actor);
  const who = screenText(device, name);
  const received = receivedAt === undefined ? undefined : formatDuration(receivedAt - since);
  return (
    <li class="sighting is-good" data-device={device}>
      <span>{seenAt === undefined ? t('receiptReceived', { device: who }) : t('receiptSeen', { device: who })}</span>
      <span class="after">
        {seenAt === undefined ? `+${received ?? ''}` : `+${formatDuration(seenAt - since)}`}
      </span>
    </li>
  );
}

/** Device names are mostly ids: the first characters distinguish two of one person. */
function screenText(device: string, name: string | undefined): string {
  const short = device.length > 20 ? device.slice(0, 8) : device;
  return name === undefined ? t('screenOfGuest', { device: short }) : t('screenOf', { name, device: short });
}

/** From presence; for absent members the beginning of the id. */
function useStaffName(actor: string | undefined): string | undefined {
  const { displays, staff } = useOpsStore();
  if (actor === undefined) return undefined;
  if (actor === `staff-${staff.staffId}`) return staff.name;
  for (const { displays: online, silent } of displays.value.values()) {
    const found = [...online, ...silent].find(({ memberId }) => memberId === actor);
    if (found?.name) return found.name;
  }
  return actor.slice(0, 14);
}
