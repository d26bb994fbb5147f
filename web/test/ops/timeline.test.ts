import { describe, expect, it } from 'vitest';
import { timelineOf, type Entry } from '../../src/ops/timeline';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 21, 18, 0, 0, ms)).toISOString();
const CREATED = 'event-1';
const push = (channel: string, ms: number, more: Partial<Entry> = {}): Entry => ({
  at: at(ms),
  kind: 'published',
  eventId: CREATED,
  channel: `${channel}:1`,
  seq: 1,
  adapter: 'pusher',
  attempt: 1,
  outcome: 'delivered',
  ...more,
});
const opening: Entry[] = [
  { at: at(0), kind: 'accepted', detail: 'order 17' },
  { at: at(10), kind: 'committed', eventId: CREATED },
];

describe('the timeline of an order', () => {
  it('begins with the commit, from which everything is measured', () => {
    const timeline = timelineOf(opening);
    expect(timeline.steps.map(({ kind }) => kind)).toEqual(['committed']);
    expect(timeline.committedAt).toBe(Date.parse(at(10)));
  });

  it('knows an order whose events are gone by its acceptance', () => {
    const timeline = timelineOf(opening.slice(0, 1));
    expect(timeline.steps.map(({ kind }) => kind)).toEqual(['accepted']);
    expect(timeline.committedAt).toBe(Date.parse(at(0)));
  });

  it('gathers the channels on which a push went alike, and keeps attempts apart', () => {
    const timeline = timelineOf([
      ...opening,
      push('kitchen', 30, { outcome: 'retry', detail: 'HTTP 503' }),
      push('waiters', 31, { outcome: 'retry', detail: 'HTTP 503' }),
      push('kitchen', 90, { attempt: 2 }),
      push('waiters', 95, { attempt: 2 }),
      push('order', 900, { attempt: 2 }),
    ]);
    const [first, second, late] = timeline.steps[0]?.pushes ?? [];
    expect(late).toMatchObject({ audiences: ['order'], at: Date.parse(at(900)) });
    expect(first).toMatchObject({ outcome: 'retry', detail: 'HTTP 503', audiences: ['kitchen', 'waiters'] });
    expect(second).toMatchObject({ outcome: 'delivered', attempt: 2, at: Date.parse(at(95)) });
    expect(timeline.kitchenPush).toBe(second);
    expect(timeline.kitchenFailure).toBeUndefined();
  });

  it('says what the provider answered while the kitchen has nothing', () => {
    const timeline = timelineOf([...opening, push('waiters', 20), push('kitchen', 30, { outcome: 'dead', detail: '413 too large' })]);
    expect(timeline.kitchenPush).toBeUndefined();
    expect(timeline.kitchenFailure).toMatchObject({ outcome: 'dead', detail: '413 too large' });
  });

  it('knows the first screen that showed it, and one that only got it', () => {
    const seen = (kind: 'received' | 'seen', deviceId: string, ms: number): Entry => ({ at: at(ms), kind, eventId: CREATED, deviceId });
    const timeline = timelineOf([...opening, seen('received', 'bar', 40), seen('received', 'grill', 50), seen('seen', 'grill', 70)]);
    expect(timeline.firstReceived?.device).toBe('bar');
    expect(timeline.firstSeen).toMatchObject({ device: 'grill', receivedAt: Date.parse(at(50)), seenAt: Date.parse(at(70)) });
  });

  it('groups the entries of one change in one step, titled by the most important', () => {
    const timeline = timelineOf([
      ...opening,
      { at: at(500), kind: 'item_status_changed', eventId: 'event-2', detail: 'ready' },
      { at: at(500), kind: 'ready', eventId: 'event-3' },
      { at: at(500), kind: 'status_changed', eventId: 'event-4', detail: 'ready' },
      push('kitchen', 510, { eventId: 'event-2' }),
      push('kitchen', 512, { eventId: 'event-3' }),
    ]);
    const [, step] = timeline.steps;
    expect(step).toMatchObject({ kind: 'ready', related: [{ kind: 'status_changed', detail: 'ready' }, { kind: 'item_status_changed', detail: 'ready' }] });
    expect(step?.pushes).toEqual([expect.objectContaining({ audiences: ['kitchen'], at: Date.parse(at(512)) })]);
  });

  it('has alarms as steps of their own, and leaves out pushes and receipts of an event that is gone', () => {
    const timeline = timelineOf([...opening, { at: at(10), kind: 'escalated', detail: 'unacknowledged' }, push('kitchen', 30, { eventId: 'unknown' })]);
    expect(timeline.steps.map(({ kind }) => kind)).toEqual(['committed', 'escalated']);
    expect(timeline.kitchenPush).toBeUndefined();
  });
});
