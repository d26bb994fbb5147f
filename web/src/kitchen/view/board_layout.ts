// Measures the cards of the board and places them: lanes.ts decides where.

import { useSignal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { lanesNeeded, pack, packShortestFirst, shareLanes, type Card, type Packed } from '../lanes';

/** The least width of a lane, and what is between two cards; in rem. */
const LANE_MIN = 15.5;
const GAP = 0.5;
/** Of the strip that an empty column becomes where its room is needed, and of the bar that says what is out of sight; in rem. */
const STRIP = 2.75;
const BAR = 3;
/**
 * How close tickets stand, see kitchen.css. It becomes busy when a ticket is out of sight, and a rush when more than RUSH_SHARE of
 * them are; it is over when so few of the lanes are needed that the step before would do, so that letters seldom change.
 */
const DENSITIES = ['', 'busy', 'rush'] as const;
const RUSH_SHARE = 0.15;
const CALM_LOADS = [0, 0.65, 0.75];

/** How many cards are out of sight. */
export interface Hidden {
  above: number;
  below: number;
}

/** By column; under '' of the whole board, where it scrolls as one. */
export type HiddenCards = ReadonlyMap<string, Hidden>;

interface Section {
  element: HTMLElement;
  list: HTMLElement;
  lanes: HTMLElement;
  key: string;
  cards: Card[];
  elements: HTMLElement[];
}

interface Plan {
  isStacked: boolean;
  laneWidth: number;
  shares: number[];
  packed: Packed[];
  /** Tickets keep their lanes while this is the same. */
  slotsKey: string;
  hiddenCount: number;
  /** Of all lanes, how many are needed; above 1: not all can be seen. */
  load: number;
}

const remOf = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

function sectionsOf(board: HTMLElement): Section[] {
  return [...board.querySelectorAll<HTMLElement>('.column')].flatMap((element) => {
    const list = element.querySelector<HTMLElement>('.tickets');
    const lanes = element.querySelector<HTMLElement>('.lanes');
    const elements = [...element.querySelectorAll<HTMLElement>('.ticket')];
    return list && lanes ? [{ element, list, lanes, key: element.dataset['column'] ?? '', cards: [], elements }] : [];
  });
}

class BoardLayout {
  private shares: readonly number[] | undefined;
  private slots = new Map<string, ReadonlyMap<string, number>>();
  private slotsKey = '';
  private readonly observed = new Set<Element>();
  private readonly resizes = new ResizeObserver(() => this.layOut());
  private mayShrink = false;

  constructor(
    private readonly board: HTMLElement,
    private readonly hidden: Signal<HiddenCards>,
  ) {
    this.resizes.observe(board);
    board.addEventListener('scroll', this.count, { capture: true, passive: true });
  }

  stop(): void {
    this.resizes.disconnect();
    this.board.removeEventListener('scroll', this.count, { capture: true });
    setDensity(0);
  }

  /** `mayShrink`: nobody chose a size of letters. */
  layOut(mayShrink = this.mayShrink): void {
    this.mayShrink = mayShrink;
    const sections = sectionsOf(this.board);
    this.observe(sections);
    // Measuring takes the board out of the mode in which it scrolls.
    const { scrollTop } = this.board;
    const plan = this.denselyPlanned(sections);
    this.apply(sections, plan);
    this.board.scrollTop = scrollTop;
    this.count();
  }

  /** As close as it takes to see the tickets. */
  private denselyPlanned(sections: Section[]): Plan {
    let plan = this.plan(sections);
    const cardCount = sections.reduce((sum, { elements }) => sum + elements.length, 0);
    const isTooFull = (at: number) => (at === 0 ? plan.hiddenCount > 0 : at === 1 && plan.hiddenCount > cardCount * RUSH_SHARE);
    const isCalm = (at: number) => !this.mayShrink || plan.isStacked || plan.load < (CALM_LOADS[at] ?? 0);
    let at = densityOf();
    const go = (to: number) => {
      setDensity((at = to));
      plan = this.plan(sections);
    };
    while (at > 0 && isCalm(at)) go(at - 1);
    while (this.mayShrink && !plan.isStacked && isTooFull(at)) go(at + 1);
    return plan;
  }

  private observe(sections: Section[]): void {
    const cards = new Set<Element>(sections.flatMap(({ elements }) => elements));
    for (const card of this.observed) {
      if (cards.has(card)) continue;
      this.resizes.unobserve(card);
      this.observed.delete(card);
    }
    for (const card of cards) {
      if (this.observed.has(card)) continue;
      this.resizes.observe(card);
      this.observed.add(card);
    }
  }

  private plan(sections: Section[]): Plan {
    const { board } = this;
    delete board.dataset['mode'];
    const isNarrow = getComputedStyle(board).display === 'block';
    const occupied = sections.filter(({ elements }) => elements.length > 0).length;
    const rem = remOf();
    const aside = isNarrow ? 0 : (board.querySelector<HTMLElement>('.all-day')?.offsetWidth ?? 0);
    const strips = isNarrow ? 0 : (sections.length - occupied) * STRIP * rem;
    const total = Math.max(1, Math.floor((board.clientWidth - aside - strips) / (LANE_MIN * rem)));
    const isStacked = isNarrow || occupied > total;
    if (isStacked) board.dataset['mode'] = 'stacked';
    const laneWidth = isStacked ? board.clientWidth / total : (board.clientWidth - aside - strips) / total;
    board.style.setProperty('--lane', `${laneWidth}px`);
    for (const section of sections) {
      section.cards = section.elements.map((card) => ({ id: card.dataset['ticket'] ?? '', height: card.offsetHeight }));
    }
    const slotsKey = `${total} ${rem} ${isStacked}`;
    return { laneWidth, isStacked, slotsKey, ...(isStacked ? stacked(sections, total, rem) : this.beside(sections, total, rem, slotsKey)) };
  }

  private beside(sections: Section[], total: number, rem: number, slotsKey: string): Omit<Plan, 'laneWidth' | 'isStacked' | 'slotsKey'> {
    const gap = GAP * rem;
    const height = Math.max(0, ...sections.map(({ list }) => pageHeightOf(list)));
    const needs = sections.map(({ cards }) => lanesNeeded(cards, height, gap));
    const shares = shareLanes(total, needs, this.shares) ?? needs.map(() => 1);
    let hiddenCount = 0;
    const packed = sections.map(({ key, cards }, at) => {
      const lanes = Math.max(1, shares[at] ?? 1);
      const before = slotsKey === this.slotsKey ? this.slots.get(key) : undefined;
      const whole = pack(cards, lanes, height, gap, before);
      if (whole.height <= height) return whole;
      // What is out of sight needs a bar that says so.
      const bar = BAR * rem;
      const paged = pack(cards, lanes, height - bar, gap, before);
      hiddenCount += [...paged.slots.values()].filter((slot) => slot >= lanes).length;
      return { ...paged, height: paged.height + bar };
    });
    return { shares, packed, hiddenCount, load: needs.reduce((all, need) => all + need, 0) / total };
  }

  private apply(sections: Section[], plan: Plan): void {
    this.shares = plan.isStacked ? undefined : plan.shares;
    this.slotsKey = plan.slotsKey;
    this.slots = new Map(sections.map(({ key }, at) => [key, plan.packed[at]?.slots ?? new Map<string, number>()]));
    sections.forEach(({ element, lanes, elements }, at) => {
      const packed = plan.packed[at];
      element.dataset['lanes'] = String(plan.shares[at] ?? 1);
      element.style.setProperty('--lanes', String(plan.shares[at] ?? 1));
      lanes.style.height = `${packed?.height ?? 0}px`;
      for (const card of elements) {
        const place = packed?.places.get(card.dataset['ticket'] ?? '');
        card.style.left = `${(place?.lane ?? 0) * plan.laneWidth}px`;
        card.style.top = `${place?.top ?? 0}px`;
      }
    });
  }

  /** What is out of sight where: beside each other the cards are whole or gone; one under the other they may be cut. */
  private readonly count = (): void => {
    const isStacked = this.board.dataset['mode'] === 'stacked';
    const isPageScrolled = getComputedStyle(this.board).overflowY === 'visible';
    const hidden = new Map<string, Hidden>();
    const look = (key: string, scroller: Element, cards: HTMLElement[], cut: number) => {
      const box = scroller.getBoundingClientRect();
      const boxes = cards.map((card) => card.getBoundingClientRect());
      const above = boxes.filter(({ top, height }) => top + height * cut < box.top - 2).length;
      const below = boxes.filter(({ bottom, height }) => bottom - height * cut > box.bottom + 2).length;
      if (above + below > 0) hidden.set(key, { above, below });
    };
    const sections = sectionsOf(this.board);
    if (!isStacked) for (const { key, list, elements } of sections) look(key, list, elements, 0);
    else if (!isPageScrolled) look('', this.board, sections.flatMap(({ elements }) => elements), 0.5);
    if (JSON.stringify([...hidden]) !== JSON.stringify([...this.hidden.peek()])) this.hidden.value = hidden;
  };
}

/** Columns one under the other: the board scrolls, or the page. */
function stacked(sections: Section[], total: number, rem: number): Omit<Plan, 'laneWidth' | 'isStacked' | 'slotsKey'> {
  const packed = sections.map(({ cards }) => packShortestFirst(cards, total, GAP * rem));
  return { shares: sections.map(() => total), packed, hiddenCount: 0, load: 1 };
}

function pageHeightOf(list: Element): number {
  const { paddingTop, paddingBottom } = getComputedStyle(list);
  return list.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom);
}

function densityOf(): number {
  return Math.max(0, DENSITIES.findIndex((one) => one === document.documentElement.dataset['density']));
}

function setDensity(at: number): void {
  const density = DENSITIES[at];
  if (density) document.documentElement.dataset['density'] = density;
  else delete document.documentElement.dataset['density'];
}

/** Turns to the next page of a scrolling list, or the one before. `hasLanes`: as BoardLayout makes its pages. */
export function turnPage(scroller: Element | null, direction: 1 | -1, hasLanes: boolean): void {
  if (!scroller) return;
  const height = pageHeightOf(scroller) - (hasLanes ? (BAR - GAP) * remOf() : 0);
  scroller.scrollBy(0, direction * height);
}

/** Places the cards of the board in `element`, anew whenever `content` is another; says what is out of sight. */
export function useBoardLayout(element: RefObject<HTMLElement>, content: readonly unknown[], mayShrink: boolean): ReadonlySignal<HiddenCards> {
  const hidden = useSignal<HiddenCards>(new Map());
  const layout = useRef<BoardLayout | undefined>(undefined);
  useLayoutEffect(() => {
    layout.current = element.current ? new BoardLayout(element.current, hidden) : undefined;
    return () => layout.current?.stop();
  }, []);
  useLayoutEffect(() => layout.current?.layOut(mayShrink), [mayShrink, ...content]);
  return hidden;
}
