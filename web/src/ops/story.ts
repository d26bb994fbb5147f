// An order's timeline as a story: a chapter per thing that happened, with what became of telling it.

import type { Schemas } from '../base/api/client';

export type Entry = Schemas['TimelineEntry'];
export type Kind = Entry['kind'];

/** Channels on which an attempt went alike, and about as fast, are told of together. */
const TOGETHER_MS = 250;

/** One attempt at handing an event over, on the channels where it went alike. */
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

/** What one device told of an event. */
export interface Sighting {
  device: string;
  actor: string | undefined;
  receivedAt: number | undefined;
  seenAt: number | undefined;
}

export interface Chapter {
  /** Stable while the story grows. */
  key: string;
  kind: Kind;
  at: number;
  detail: string | undefined;
  actor: string | undefined;
  /** What the same change brought with it. */
  also: { kind: Kind; detail: string | undefined }[];
  pushes: Push[];
  sightings: Sighting[];
}

export interface Story {
  chapters: Chapter[];
  /** When the order was in the database: what is told of is measured from here. */
  committedAt: number;
  /** The first screen that showed it, and the first that only got it. */
  firstSeen: Sighting | undefined;
  firstReceived: Sighting | undefined;
  /** The first push to the kitchen that was taken, and the last that failed while none was. */
  kitchenPush: Push | undefined;
  kitchenFailure: Push | undefined;
}

const TELLS_OF_AN_EVENT = new Set<Kind>(['published', 'received', 'seen']);

export function storyOf(entries: Entry[]): Story {
  const { chapters, ofEvent } = chaptersOf(entries);
  for (const entry of entries) {
    const chapter = TELLS_OF_AN_EVENT.has(entry.kind) ? ofEvent.get(entry.eventId ?? '') : undefined;
    if (chapter) addTo(chapter, entry);
  }
  return withVerdict(chapters);
}

/** Of what one change brought with it, what a chapter is called by: the first of these. */
const WEIGHT: Kind[] = [
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

/** Acceptance and commit are one chapter, and so is what happened in one change; all else is one of its own. */
function chaptersOf(entries: Entry[]): { chapters: Chapter[]; ofEvent: Map<string, Chapter> } {
  const isCommitted = entries.some(({ kind }) => kind === 'committed');
  const ofChange = new Map<string, Entry[]>();
  for (const [index, entry] of entries.entries()) {
    if (TELLS_OF_AN_EVENT.has(entry.kind) || (entry.kind === 'accepted' && isCommitted)) continue;
    const change = entry.eventId === undefined ? `${entry.kind}-${index}` : entry.at;
    ofChange.set(change, [...(ofChange.get(change) ?? []), entry]);
  }
  const ofEvent = new Map<string, Chapter>();
  const chapters = [...ofChange.entries()].map(([change, together]) => {
    const chapter = chapterOf(change, together);
    for (const { eventId } of together) if (eventId !== undefined) ofEvent.set(eventId, chapter);
    return chapter;
  });
  return { chapters, ofEvent };
}

function chapterOf(key: string, together: Entry[]): Chapter {
  const weightOf = ({ kind }: Entry) => (WEIGHT.includes(kind) ? WEIGHT.indexOf(kind) : -1);
  const [first, ...others] = [...together].sort((a, b) => weightOf(a) - weightOf(b)) as [Entry, ...Entry[]];
  return {
    key,
    kind: first.kind,
    at: Date.parse(first.at),
    detail: first.detail,
    actor: first.actor,
    also: others.map(({ kind, detail }) => ({ kind, detail })),
    pushes: [],
    sightings: [],
  };
}

function addTo(chapter: Chapter, entry: Entry): void {
  const at = Date.parse(entry.at);
  if (entry.kind === 'published') return addPush(chapter, entry, at);
  const device = entry.deviceId ?? '';
  let sighting = chapter.sightings.find((one) => one.device === device);
  if (!sighting) {
    sighting = { device, actor: entry.actor, receivedAt: undefined, seenAt: undefined };
    chapter.sightings.push(sighting);
  }
  // Of several events the last: then all of it was there.
  if (entry.kind === 'seen') sighting.seenAt = Math.max(sighting.seenAt ?? at, at);
  else sighting.receivedAt = Math.max(sighting.receivedAt ?? at, at);
}

function addPush(chapter: Chapter, entry: Entry, at: number): void {
  const { adapter = '', attempt = 0, outcome = 'delivered', detail } = entry;
  const audience = (entry.channel ?? '').split(':')[0] ?? '';
  const same = chapter.pushes.find(
    (push) =>
      push.adapter === adapter &&
      push.attempt === attempt &&
      push.outcome === outcome &&
      push.detail === detail &&
      at - push.at <= TOGETHER_MS,
  );
  if (!same) return void chapter.pushes.push({ adapter, attempt, outcome, detail, audiences: [audience], at });
  if (!same.audiences.includes(audience)) same.audiences.push(audience);
  same.at = Math.max(same.at, at);
}

function withVerdict(chapters: Chapter[]): Story {
  const opening = chapters.find(({ kind }) => kind === 'committed') ?? chapters[0];
  const sightings = opening?.sightings ?? [];
  const toKitchen = (opening?.pushes ?? []).filter(({ audiences }) => audiences.includes('kitchen'));
  const kitchenPush = toKitchen.find(({ outcome }) => outcome === 'delivered');
  return {
    chapters,
    committedAt: opening?.at ?? 0,
    firstSeen: earliest(sightings, ({ seenAt }) => seenAt),
    firstReceived: earliest(sightings, ({ receivedAt }) => receivedAt),
    kitchenPush,
    kitchenFailure: kitchenPush ? undefined : toKitchen.filter(({ outcome }) => outcome !== 'skipped').at(-1),
  };
}

function earliest(sightings: Sighting[], timeOf: (one: Sighting) => number | undefined): Sighting | undefined {
  const known = sightings.filter((one) => timeOf(one) !== undefined);
  return known.sort((a, b) => (timeOf(a) ?? 0) - (timeOf(b) ?? 0))[0];
}
