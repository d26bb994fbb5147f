// An order's timeline as a story: a chapter per thing that happened, with what became of telling it.

import type { Schemas } from '../base/api/client';

export type Entry = Schemas['TimelineEntry'];
export type Kind = Entry['kind'];

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
  const chapters = chaptersOf(entries);
  const ofEvent = new Map(chapters.map((chapter) => [chapter.key, chapter]));
  for (const entry of entries) {
    const chapter = TELLS_OF_AN_EVENT.has(entry.kind) ? ofEvent.get(entry.eventId ?? '') : undefined;
    if (chapter) addTo(chapter, entry);
  }
  return withVerdict(chapters);
}

/** Acceptance and commit are one chapter; all else that happened is one of its own. */
function chaptersOf(entries: Entry[]): Chapter[] {
  const isCommitted = entries.some(({ kind }) => kind === 'committed');
  return entries
    .filter(({ kind }) => !TELLS_OF_AN_EVENT.has(kind) && !(kind === 'accepted' && isCommitted))
    .map((entry, index) => ({
      key: entry.eventId ?? `${entry.kind}-${index}`,
      kind: entry.kind,
      at: Date.parse(entry.at),
      detail: entry.detail,
      actor: entry.actor,
      pushes: [],
      sightings: [],
    }));
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
  if (entry.kind === 'seen') sighting.seenAt = at;
  else sighting.receivedAt = at;
}

function addPush(chapter: Chapter, entry: Entry, at: number): void {
  const { adapter = '', attempt = 0, outcome = 'delivered', detail } = entry;
  const audience = (entry.channel ?? '').split(':')[0] ?? '';
  const same = chapter.pushes.find(
    (push) =>
      push.adapter === adapter && push.attempt === attempt && push.outcome === outcome && push.detail === detail,
  );
  if (!same) return void chapter.pushes.push({ adapter, attempt, outcome, detail, audiences: [audience], at });
  same.audiences.push(audience);
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
