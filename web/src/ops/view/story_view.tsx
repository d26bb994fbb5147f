import { t } from '../messages';
import type { OpenOrder, Order } from '../search';
import { clock, money, span } from '../span';
import type { Chapter, Kind, Push, Sighting, Story } from '../story';
import { AUDIENCE_WORDS, CAUSE_WORDS, KIND_WORDS, OUTCOME_WORDS, STATUS_WORDS } from '../words';
import { useDesk } from './context';

const STATUSES = new Map(Object.entries(STATUS_WORDS));

export function StoryView({ open }: { open: OpenOrder }) {
  const { order, story, isTruncated } = open;
  return (
    <>
      <OrderHead order={order} />
      <Verdict story={story} />
      <ol class="chapters" aria-label={t('story')}>
        {story.chapters.map((chapter) => (
          <ChapterView key={chapter.key} chapter={chapter} committedAt={story.committedAt} />
        ))}
      </ol>
      {isTruncated ? <p class="hint">{t('storyTruncated')}</p> : null}
    </>
  );
}

function OrderHead({ order }: { order: Order }) {
  const branches = useDesk().overview.value?.branches ?? [];
  const branch = branches.find(({ branchId }) => branchId === order.branchId)?.name;
  const lines = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <header class="order-head">
      <div class="row-head">
        <h3>{t('orderTitle', { number: order.orderNumber })}</h3>
        <span class={`pill pill-order pill-${order.status}`}>{t(STATUS_WORDS[order.status])}</span>
      </div>
      <p class="row-facts">
        <span>{[branch, order.table].filter(Boolean).join(', ')}</span>
        {order.customerName ? <span>{order.customerName}</span> : null}
        <span>{t('itemCount', { count: lines })}</span>
        <span>{money(order.finalAmount, order.currency)}</span>
        <span>{clock(order.createdAt, { day: 'numeric', month: 'short' })}</span>
      </p>
      {order.note ? <p class="note">{order.note}</p> : null}
      <ul class="order-items">
        {order.items.map((item) => (
          <li key={item.itemId} class={item.status === 'cancelled' ? 'is-struck' : ''}>
            <b>{item.quantity}×</b> {item.name}
            {item.note ? <i class="item-note"> {item.note}</i> : null}
          </li>
        ))}
      </ul>
    </header>
  );
}

/** The answer to "did the kitchen get it", in one sentence. */
function Verdict({ story }: { story: Story }) {
  const { firstSeen, firstReceived, kitchenPush, kitchenFailure, committedAt } = story;
  const name = useStaffName((firstSeen ?? firstReceived)?.actor);
  const after = (at: number | undefined) => span((at ?? committedAt) - committedAt);
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

function ChapterView({ chapter, committedAt }: { chapter: Chapter; committedAt: number }) {
  const { kind, at, pushes, sightings } = chapter;
  const isOpening = kind === 'committed' || kind === 'accepted';
  const isBad = kind === 'escalated' || kind === 'cancelled' || kind === 'cancel_requested';
  return (
    <li class={isBad ? 'chapter is-bad' : 'chapter'} data-kind={kind}>
      <p class="chapter-time">
        <time dateTime={new Date(at).toISOString()}>{clock(at, { second: '2-digit', fractionalSecondDigits: 3 })}</time>
        {isOpening ? null : <span> +{span(at - committedAt)}</span>}
      </p>
      <p class="chapter-what">
        <b>{t(KIND_WORDS[kind])}</b>
        <Detail chapter={chapter} />
      </p>
      <Also chapter={chapter} />
      {pushes.length + sightings.length > 0 ? (
        <ul class="chapter-more">
          {pushes.map((push, index) => (
            <PushLine key={index} push={push} since={at} />
          ))}
          {sightings.map((sighting) => (
            <SightingLine key={sighting.device} sighting={sighting} since={at} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function Detail({ chapter }: { chapter: Chapter }) {
  const { kind, detail, actor } = chapter;
  const name = useStaffName(actor);
  const parts = [detailText(kind, detail), kind === 'acknowledged' ? undefined : name].filter(Boolean);
  return parts.length > 0 ? <span class="chapter-detail">{parts.join(' · ')}</span> : null;
}

function detailText(kind: Kind, detail: string | undefined): string | undefined {
  const isAlarm = kind === 'escalated' || kind === 'escalation_cleared';
  if (isAlarm && detail !== undefined && detail in CAUSE_WORDS) return t(CAUSE_WORDS[detail as keyof typeof CAUSE_WORDS]);
  const isStatus = kind === 'status_changed' || kind === 'item_status_changed' || kind === 'recalled';
  const word = isStatus && detail !== undefined ? STATUSES.get(detail) : undefined;
  return word ? t(word) : detail;
}

/** In small type, each once. */
function Also({ chapter }: { chapter: Chapter }) {
  const texts = chapter.also.map(({ kind, detail }) => [t(KIND_WORDS[kind]), detailText(kind, detail)].filter(Boolean).join(' '));
  return texts.length > 0 ? <p class="chapter-also">{[...new Set(texts)].join(' · ')}</p> : null;
}

function PushLine({ push, since }: { push: Push; since: number }) {
  const { adapter, attempt, outcome, detail, audiences, at } = push;
  const isGood = outcome === 'delivered';
  const names = audiences.map((audience) => {
    const word = AUDIENCE_WORDS[audience];
    return word ? t(word) : audience;
  });
  return (
    <li class={isGood ? 'push is-good' : outcome === 'skipped' ? 'push' : 'push is-bad'} data-outcome={outcome}>
      <span>
        {t(OUTCOME_WORDS[outcome], { adapter, channels: names.join(', ') })}
        {attempt > 1 ? ` · ${t('attempt', { number: attempt })}` : ''}
        {detail ? <q>{detail}</q> : null}
      </span>
      <span class="after">+{span(at - since)}</span>
    </li>
  );
}

function SightingLine({ sighting, since }: { sighting: Sighting; since: number }) {
  const { device, actor, receivedAt, seenAt } = sighting;
  const name = useStaffName(actor);
  const who = screenText(device, name);
  const received = receivedAt === undefined ? undefined : span(receivedAt - since);
  return (
    <li class="sighting is-good" data-device={device}>
      <span>{seenAt === undefined ? t('sightingReceived', { device: who }) : t('sightingSeen', { device: who })}</span>
      <span class="after">
        {seenAt === undefined ? `+${received ?? ''}` : `+${span(seenAt - since)}`}
      </span>
    </li>
  );
}

/** Devices are mostly named by an id: its beginning tells two of one person apart. */
function screenText(device: string, name: string | undefined): string {
  const short = device.length > 20 ? device.slice(0, 8) : device;
  return name === undefined ? t('screenOfGuest', { device: short }) : t('screenOf', { name, device: short });
}

/** As presence knows it; the id's beginning for those who are not there. */
function useStaffName(actor: string | undefined): string | undefined {
  const { displays, staff } = useDesk();
  if (actor === undefined) return undefined;
  if (actor === `staff-${staff.staffId}`) return staff.name;
  for (const { displays: online, silent } of displays.value.values()) {
    const found = [...online, ...silent].find(({ memberId }) => memberId === actor);
    if (found?.name) return found.name;
  }
  return actor.slice(0, 14);
}
