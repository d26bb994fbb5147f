// Where tickets stand on a board that fills its width: each column (new, cooking, ready; or a station) has some lanes, a lane
// has tickets one under the other. One reads down a lane, then the next lane: the oldest is at the top left, and what does not
// fit is the youngest. Pure: sizes are given, in any unit.

import { lastOf } from '../base/compare';

export interface Card {
  id: string;
  height: number;
}

export interface Place {
  lane: number;
  top: number;
}

export interface Packed {
  /** By card. */
  places: ReadonlyMap<string, Place>;
  /** All pages, one under the other. */
  height: number;
  /** The lane of each card, counted over all pages: what the next packing tries to keep. */
  slots: ReadonlyMap<string, number>;
}

interface Run {
  slots: Map<string, number>;
  tops: Map<string, number>;
  /** How full each slot is. */
  fills: number[];
}

/** In order, each into the slot it was in where it still fits there, else into the first with room behind the one before it. */
function run(cards: readonly Card[], pageHeight: number, gap: number, before: ReadonlyMap<string, number>): Run {
  const slots = new Map<string, number>();
  const tops = new Map<string, number>();
  const fills: number[] = [];
  let slot = 0;
  for (const { id, height } of cards) {
    slot = Math.max(slot, before.get(id) ?? 0);
    const above = fills[slot];
    if (above !== undefined && above + gap + height > pageHeight) slot++;
    const top = fills[slot] === undefined ? 0 : (fills[slot] ?? 0) + gap;
    slots.set(id, slot);
    tops.set(id, top);
    fills[slot] = top + height;
  }
  return { slots, tops, fills: Array.from(fills, (fill: number | undefined) => fill ?? 0) };
}

/**
 * The slots that can be kept: of the cards that are still in the order of their slots (one that was rushed is not), and without
 * the lanes in front that became empty, so that the oldest is at the top left.
 */
function keptSlots(cards: readonly Card[], before: ReadonlyMap<string, number>): Map<string, number> {
  const known = cards.flatMap(({ id }) => {
    const slot = before.get(id);
    return slot === undefined ? [] : [{ id, slot }];
  });
  // The longest run of slots that never goes down.
  const lengths: number[] = [];
  const previous: number[] = [];
  known.forEach(({ slot }, at) => {
    const behind = known.slice(0, at).reduce((best, one, i) => {
      return one.slot <= slot && (best < 0 || (lengths[i] ?? 0) > (lengths[best] ?? 0)) ? i : best;
    }, -1);
    previous.push(behind);
    lengths.push(1 + (lengths[behind] ?? 0));
  });
  const kept: { id: string; slot: number }[] = [];
  for (let at = lengths.indexOf(Math.max(0, ...lengths)); at >= 0; at = previous[at] ?? -1) {
    const one = known[at];
    if (one) kept.unshift(one);
  }
  const first = kept[0]?.slot ?? 0;
  return new Map(kept.map(({ id, slot }) => [id, slot - first]));
}

/** How many lanes they take, the last one in part. */
export function lanesNeeded(cards: readonly Card[], pageHeight: number, gap: number): number {
  const { fills } = run(cards, pageHeight, gap, new Map());
  return fills.length === 0 ? 0 : fills.length - 1 + Math.min(1, (lastOf(fills) ?? 0) / Math.max(1, pageHeight));
}

/**
 * Into `lanes` beside each other, as far down as a page reaches; what does not fit there goes onto further pages below. A
 * ticket stays in its lane while it fits: lanes are only packed anew when that brings more tickets onto the first page.
 */
export function pack(
  cards: readonly Card[],
  lanes: number,
  pageHeight: number,
  gap: number,
  before: ReadonlyMap<string, number> = new Map(),
): Packed {
  const seenOf = ({ slots }: Run) => [...slots.values()].filter((slot) => slot < lanes).length;
  const kept = run(cards, pageHeight, gap, keptSlots(cards, before));
  const anew = run(cards, pageHeight, gap, new Map());
  const { slots, tops, fills } = seenOf(kept) < seenOf(anew) ? anew : kept;
  const pageTops = [0];
  const pageCount = Math.ceil(fills.length / lanes);
  for (let page = 0; page < pageCount; page++) {
    // One that is taller than the page makes its page as tall.
    const tallest = Math.max(pageHeight, ...fills.slice(page * lanes, (page + 1) * lanes));
    pageTops.push((pageTops[page] ?? 0) + tallest + gap);
  }
  // The last of several pages is as high as the others, so that it can be turned to.
  const lastHeight = Math.max(pageCount > 1 ? pageHeight : 0, ...fills.slice(Math.max(0, pageCount - 1) * lanes));
  const places = new Map<string, Place>();
  for (const [id, slot] of slots) {
    places.set(id, { lane: slot % lanes, top: (pageTops[Math.floor(slot / lanes)] ?? 0) + (tops.get(id) ?? 0) });
  }
  return { places, height: (pageTops[Math.max(0, pageCount - 1)] ?? 0) + lastHeight, slots };
}

/** Where the page scrolls, each where most room is: one reads from above to below. */
export function packShortestFirst(cards: readonly Card[], lanes: number, gap: number): Packed {
  const fills = Array.from({ length: lanes }, () => 0);
  const places = new Map<string, Place>();
  const slots = new Map<string, number>();
  for (const { id, height } of cards) {
    const lane = fills.indexOf(Math.min(...fills));
    const fill = fills[lane] ?? 0;
    const top = fill === 0 ? 0 : fill + gap;
    places.set(id, { lane, top });
    slots.set(id, lane);
    fills[lane] = top + height;
  }
  return { places, height: Math.max(0, ...fills), slots };
}

/**
 * The lanes of each column, of `total` in all: one at least for each that has tickets, then one more to whoever lacks most.
 * Empty ones get theirs from what is left, or none. Undefined: there are more columns with tickets than lanes.
 * `before`: kept while nobody would be better off, so that columns seldom move under a cook's hand.
 */
export function shareLanes(total: number, needs: readonly number[], before?: readonly number[]): number[] | undefined {
  if (needs.filter((need) => need > 0).length > total) return undefined;
  const anew = sharedAnew(total, needs);
  const isUsable = before?.length === needs.length && sum(before) === total && needs.every((need, at) => need === 0 || (before[at] ?? 0) > 0);
  if (!before || !isUsable) return anew;
  // An empty one takes room only while nobody lacks it.
  return lack(before, needs) > lack(anew, needs) ? anew : [...before];
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const lack = (lanes: readonly number[], needs: readonly number[]): number =>
  sum(needs.map((need, at) => Math.max(0, Math.ceil(need) - (lanes[at] ?? 0))));

function sharedAnew(total: number, needs: readonly number[]): number[] {
  const lanes: number[] = needs.map((need) => (need > 0 ? 1 : 0));
  let left = total - sum(lanes);
  const give = (isWanted: (need: number, has: number) => boolean) => {
    while (left > 0) {
      const wanted = needs.map((need, at) => (isWanted(need, lanes[at] ?? 0) ? Math.max(need, 0.1) / ((lanes[at] ?? 0) + 1) : 0));
      const most = Math.max(0, ...wanted);
      if (most === 0) return;
      const at = wanted.indexOf(most);
      lanes[at] = (lanes[at] ?? 0) + 1;
      left--;
    }
  };
  give((need, has) => Math.ceil(need) > has);
  give((need, has) => need === 0 && has === 0);
  give(() => true);
  return lanes;
}
