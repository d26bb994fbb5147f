import { describe, expect, it } from 'vitest';
import { lanesNeeded, pack, packShortestFirst, shareLanes, type Card, type Packed } from '../../src/kitchen/lanes';

const PAGE = 100;
const GAP = 4;
const cards = (...heights: number[]): Card[] => heights.map((height, at) => ({ id: `t${at + 1}`, height }));
const lanesOf = ({ places }: Packed) => Object.fromEntries([...places].map(([id, { lane }]) => [id, lane]));

/** Which cards lie on others. */
function overlaps(list: readonly Card[], { places }: Packed): string[] {
  return list.flatMap((a, at) =>
    list.slice(at + 1).flatMap((b) => {
      const [one, other] = [places.get(a.id), places.get(b.id)];
      if (!one || !other || one.lane !== other.lane) return [];
      return one.top < other.top + b.height && other.top < one.top + a.height ? [`${a.id} ${b.id}`] : [];
    }),
  );
}

describe('lanes of tickets', () => {
  it('are read down, then beside: each ticket where there is room behind the one before it', () => {
    const list = cards(40, 30, 20, 60, 30, 90);
    const packed = pack(list, 3, PAGE, GAP);
    expect([...packed.places.values()].map(({ lane, top }) => [lane, top])).toEqual([[0, 0], [0, 44], [0, 78], [1, 0], [1, 64], [2, 0]]);
    expect(packed.height).toBe(98);
    expect(lanesNeeded(list, PAGE, GAP)).toBeCloseTo(2.9);
  });

  it('go on on a page below, as high as the first', () => {
    const list = cards(90, 90, 90, 20);
    const packed = pack(list, 2, PAGE, GAP);
    expect([...packed.places.values()].map(({ lane, top }) => [lane, top])).toEqual([[0, 0], [1, 0], [0, 104], [1, 104]]);
    expect(packed.height).toBe(204);
  });

  it('give a ticket that is taller than the page a lane of its own, and hide nothing behind it', () => {
    const list = cards(30, 250, 30, 30, 30);
    const packed = pack(list, 2, PAGE, GAP);
    expect(overlaps(list, packed)).toEqual([]);
    expect(packed.places.get('t3')).toEqual({ lane: 0, top: 254 });
  });

  it('keep a ticket in its lane while it fits, whatever happens to others', () => {
    const list = cards(30, 30, 30, 30, 30, 30);
    const first = pack(list, 4, PAGE, GAP);
    const bumped = pack(list.slice(1), 4, PAGE, GAP, first.slots);
    expect(lanesOf(bumped)).toEqual({ t2: 0, t3: 0, t4: 1, t5: 1, t6: 1 });
    const grown = pack(list.map((card) => (card.id === 't2' ? { ...card, height: 60 } : card)), 4, PAGE, GAP, first.slots);
    expect(lanesOf(grown)).toEqual({ t1: 0, t2: 0, t3: 1, t4: 1, t5: 1, t6: 2 });
  });

  it('start with the oldest at the top left again once the first lane is empty', () => {
    const list = cards(90, 90, 90);
    const packed = pack(list.slice(1), 3, PAGE, GAP, pack(list, 3, PAGE, GAP).slots);
    expect(lanesOf(packed)).toEqual({ t2: 0, t3: 1 });
  });

  it('move only what has to when one is rushed to the front', () => {
    const list = cards(30, 30, 30, 30, 30, 30);
    const first = pack(list, 4, PAGE, GAP);
    const [a, b, c, d, e, f] = list as [Card, Card, Card, Card, Card, Card];
    expect(lanesOf(pack([f, a, b, c, d, e], 4, PAGE, GAP, first.slots))).toEqual({ t6: 0, t1: 0, t2: 0, t3: 1, t4: 1, t5: 1 });
  });

  it('are packed anew when that shows more', () => {
    const list = cards(60, 60, 30, 60);
    const first = pack(list, 2, PAGE, GAP);
    expect([...first.slots.values()]).toEqual([0, 1, 1, 2]);
    const bumped = pack(list.slice(1), 2, PAGE, GAP, first.slots);
    expect(lanesOf(bumped)).toEqual({ t2: 0, t3: 0, t4: 1 });
  });

  it('never lie on each other and never change the order, whatever changes', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 16807) % 2147483647) % below;
    let list: Card[] = [];
    let before: ReadonlyMap<string, number> = new Map();
    for (let turn = 0; turn < 400; turn++) {
      if (random(3) > 0) list = [...list, { id: `n${turn}`, height: 15 + random(60) }];
      if (random(2) > 0) list = list.filter((_, at) => at !== random(list.length + 1));
      list = list.map((card) => (random(9) === 0 ? { ...card, height: 15 + random(120) } : card));
      if (random(20) === 0) list = [...list].reverse();
      const packed = pack(list, 4, PAGE, GAP, before);
      expect(overlaps(list, packed)).toEqual([]);
      const slots = list.map(({ id }) => packed.slots.get(id) ?? -1);
      expect(slots).toEqual([...slots].sort((a, b) => a - b));
      const anew = pack(list, 4, PAGE, GAP);
      const seen = ({ slots }: Packed) => [...slots.values()].filter((slot) => slot < 4).length;
      expect(seen(packed)).toBeGreaterThanOrEqual(seen(anew));
      before = packed.slots;
    }
  });

  it('are filled from the shortest where the page scrolls', () => {
    const list = cards(50, 20, 20, 30);
    const packed = packShortestFirst(list, 2, GAP);
    expect(lanesOf(packed)).toEqual({ t1: 0, t2: 1, t3: 1, t4: 1 });
    expect([overlaps(list, packed), packed.height]).toEqual([[], 78]);
  });
});

describe('the lanes of a column', () => {
  it.each([
    [6, [9, 0, 0], [6, 0, 0], 'a rush: an empty column keeps no room'],
    [6, [9, 1.2, 0], [5, 1, 0], 'who lacks more gets more'],
    [6, [4, 4, 0.5], [3, 2, 1], 'at least one for each that has tickets'],
    [6, [1.5, 0.5, 0], [4, 1, 1], 'on a quiet evening each has room'],
    [5, [0, 0, 0], [2, 2, 1], 'nobody has tickets'],
    [4, [0.5, 3, 0], [1, 3, 0], 'fits exactly'],
  ])('of %i for %j are %j: %s', (total, needs, lanes) => expect(shareLanes(total, needs)).toEqual(lanes));

  it('are none where more columns have tickets than there are lanes', () => {
    expect(shareLanes(2, [1, 1, 1])).toBeUndefined();
    expect(shareLanes(2, [1, 0, 1])).toEqual([1, 0, 1]);
  });

  it('stay as they are while nobody would be better off', () => {
    expect(shareLanes(6, [2.4, 0.5, 0.5], [3, 2, 1])).toEqual([3, 2, 1]);
    expect(shareLanes(6, [3.1, 0.5, 0.5], [3, 2, 1])).toEqual([4, 1, 1]);
    expect(shareLanes(6, [1.1, 0.5, 0.5], [4, 1, 1])).toEqual([4, 1, 1]);
    expect(shareLanes(6, [9, 0.5, 0.5], [6, 0, 0])).toEqual([4, 1, 1]);
    expect(shareLanes(5, [1, 1, 1], [4, 1, 1])).toEqual([2, 2, 1]);
  });
});
