// An order's timeline in steps: one per change of the order, with its pushes and the receipts of displays.

import { lastOf } from '../base/compare';
import type { Schemas } from '../base/api/client';

export type Entry = Schemas['TimelineEntry'];
export type Kind = Entry['kind'];

/** Channels on which an attempt had the same outcome within this time are shown as one push. */
const SAME_PUSH_MS = 250;

/** One delivery attempt of an event, on the channels where it had the same outcome. */
export interface Push {
  adapter: string;
  attempt: number;
  outcome: NonNullable<Entry['outcome']>;
  detail: string | undefined;
  /** "kitchen", "waiters", … */
  audiences: string[];
  /** The last of them. */
  at: number;
}

/** When one device received and showed an event. */
export interface DeviceReceipt {
  device: string;
  actor: string | undefined;
  receivedAt: number | undefined;
  seenAt: number | undefined;
}

export interface TimelineStep {
  /** Stable while the timeline grows. */
  key: string;
  kind: Kind;
  at: number;
  detail: string | undefined;
  actor: string | undefined;
  /** Further entries of the same change. */
  related: { kind: Kind; detail: string | undefined }[];
  pushes: Push[];
  receipts: DeviceReceipt[];
}

export interface Timeline {
  steps: TimelineStep[];
  /** When the order was in the database: durations are measured from here. */
  committedAt: number;
  /** The first device that showed it, and the first that received it. */
  firstSeen: DeviceReceipt | undefined;
  firstReceived: DeviceReceipt | undefined;
  /** The first push to the kitchen that was taken, and the last that failed while none was. */
  kitchenPush: Push | undefined;
  kitchenFailure: Push | undefined;
}

const DELIVERY_KINDS = new Set<Kind>(['published', 'received', 'seen']);

export function timelineOf(entries: Entry[]): Timeline {
  const { steps, ofEvent } = stepsOf(entries);
  for (const entry of entries) {
    const step = DELIVERY_KINDS.has(entry.kind) ? ofEvent.get(entry.eventId ?? '') : undefined;
    if (step) addTo(step, entry);
  }
  return summarized(steps);
}

/** The title of a step is its entry that comes first here. */
const TITLE_ORDER: Kind[] = [
  'committed',
  'cancelled',
  'cancel_accepted',
  'cancel_rejected',
  'cancel_requested',
  'bumped',
  'recalled',
  'served',
  'completed',
  'ready',
  'preparing',
  'acknowledged',
  'confirmed',
  'items_added',
  'status_changed',
  'item_status_changed',
];

/** Entries of one change are one step, acceptance and commit together are one; every other entry is its own. */
function stepsOf(entries: Entry[]): { steps: TimelineStep[]; ofEvent: Map<string, TimelineStep> } {
  const isCommitted = entries.some(({ kind }) => kind === 'committed');
  const ofChange = new Map<string, Entry[]>();
  for (const [index, entry] of entries.entries()) {
    if (DELIVERY_KINDS.has(entry.kind) || (entry.kind === 'accepted' && isCommitted)) continue;
    const change = entry.eventId === undefined ? `${entry.kind}-${index}` : entry.at;
    ofChange.set(change, [...(ofChange.get(change) ?? []), entry]);
  }
  const ofEvent = new Map<string, TimelineStep>();
  const steps = [...ofChange.entries()].map(([change, together]) => {
    const step = stepOf(change, together);
    for (const { eventId } of together) if (eventId !== undefined) ofEvent.set(eventId, step);
    return step;
  });
  return { steps, ofEvent };
}

function stepOf(key: string, together: Entry[]): TimelineStep {
  const rankOf = ({ kind }: Entry) => (TITLE_ORDER.includes(kind) ? TITLE_ORDER.indexOf(kind) : -1);
  const [first, ...others] = [...together].sort((a, b) => rankOf(a) - rankOf(b)) as [Entry, ...Entry[]];
  return {
    key,
    kind: first.kind,
    at: Date.parse(first.at),
    detail: first.detail,
    actor: first.actor,
    related: others.map(({ kind, detail }) => ({ kind, detail })),
    pushes: [],
    receipts: [],
  };
}

function addTo(step: TimelineStep, entry: Entry): void {
  const at = Date.parse(entry.at);
  if (entry.kind === 'published') return addPush(step, entry, at);
  const device = entry.deviceId ?? '';
  let receipt = step.receipts.find((one) => one.device === device);
  if (!receipt) {
    receipt = { device, actor: entry.actor, receivedAt: undefined, seenAt: undefined };
    step.receipts.push(receipt);
  }
  // Of several events the last: then all of it was there.
  if (entry.kind === 'seen') receipt.seenAt = Math.max(receipt.seenAt ?? at, at);
  else receipt.receivedAt = Math.max(receipt.receivedAt ?? at, at);
}

function addPush(step: TimelineStep, entry: Entry, at: number): void {
  const { adapter = '', attempt = 0, outcome = 'delivered', detail } = entry;
  const audience = (entry.channel ?? '').split(':')[0] ?? '';
  const same = step.pushes.find(
    (push) =>
      push.adapter === adapter &&
      push.attempt === attempt &&
      push.outcome === outcome &&
      push.detail === detail &&
      at - push.at <= SAME_PUSH_MS,
  );
  if (!same) return void step.pushes.push({ adapter, attempt, outcome, detail, audiences: [audience], at });
  if (!same.audiences.includes(audience)) same.audiences.push(audience);
  same.at = Math.max(same.at, at);
}

function summarized(steps: TimelineStep[]): Timeline {
  const opening = steps.find(({ kind }) => kind === 'committed') ?? steps[0];
  const receipts = opening?.receipts ?? [];
  const toKitchen = (opening?.pushes ?? []).filter(({ audiences }) => audiences.includes('kitchen'));
  const kitchenPush = toKitchen.find(({ outcome }) => outcome === 'delivered');
  return {
    steps,
    committedAt: opening?.at ?? 0,
    firstSeen: earliest(receipts, ({ seenAt }) => seenAt),
    firstReceived: earliest(receipts, ({ receivedAt }) => receivedAt),
    kitchenPush,
    kitchenFailure: kitchenPush ? undefined : lastOf(toKitchen.filter(({ outcome }) => outcome !== 'skipped')),
  };
}

function earliest(receipts: DeviceReceipt[], timeOf: (one: DeviceReceipt) => number | undefined): DeviceReceipt | undefined {
  const known = receipts.filter((one) => timeOf(one) !== undefined);
  return known.sort((a, b) => (timeOf(a) ?? 0) - (timeOf(b) ?? 0))[0];
}
