import { describe, expect, it } from 'vitest';
import { ChannelLog } from '../../src/base/realtime/channel_log';
import { asEvent } from '../../src/base/realtime/event';
import { event } from '../kitchen/samples';

function logFrom(seq?: number) {
  const seen: number[] = [];
  const log = new ChannelLog((one) => seen.push(one.seq));
  if (seq !== undefined) log.startAfter(seq);
  const offer = (...seqs: number[]) => seqs.map((one) => log.offer(event('a', {}, one)));
  return { log, seen, offer };
}

describe('a channel’s log', () => {
  it('delivers once and in order, whatever the order of arrival', () => {
    const { seen, offer, log } = logFrom(4);
    expect(offer(6, 5, 5, 8, 6)).toEqual([true, true, false, true, false]);
    expect(seen).toEqual([5, 6]);
    expect(log.hasGap).toBe(true);
    offer(7);
    expect(seen).toEqual([5, 6, 7, 8]);
    expect(log.hasGap).toBe(false);
  });

  it('goes on over what is missing when told to', () => {
    const { seen, offer, log } = logFrom(4);
    log.skipGap();
    offer(7, 9);
    log.skipGap();
    expect(seen).toEqual([7, 9]);
    expect(log.hasGap).toBe(false);
    expect(log.position).toBe(9);
  });

  it('holds everything back until the page says what it shows', () => {
    const { seen, offer, log } = logFrom();
    offer(3, 4, 5);
    expect(seen).toEqual([]);
    log.startAfter(4);
    expect(seen).toEqual([5]);
  });

  it('goes on over what the service’s own log does not have', () => {
    const { seen, offer, log } = logFrom(1);
    offer(4, 6);
    log.confirmUpTo(5);
    expect(seen).toEqual([4, 6]);
    expect(log.position).toBe(6);
    log.confirmUpTo(9);
    expect(log.position).toBe(9);
    expect(offer(8)).toEqual([false]);
  });

  it('drops what a later reading of the page contains', () => {
    const { seen, offer, log } = logFrom(1);
    offer(5, 9);
    log.startAfter(8);
    expect(seen).toEqual([9]);
  });

  it('forgets what it had of another log', () => {
    const { seen, offer, log } = logFrom();
    log.startAfter(4, 'one');
    offer(5, 8);
    log.startAfter(2, 'two');
    expect([log.position, log.epoch, log.hasGap]).toEqual([2, 'two', false]);
    expect(offer(3)).toEqual([true]);
    expect(seen).toEqual([5, 3]);
  });

  it('knows the event that it had at a position from another one there', () => {
    const { offer, log } = logFrom(1);
    offer(2, 4);
    const known = event('a', {}, 2);
    expect([log.isKnown(known), log.isKnown(event('a', {}, 4))]).toEqual([true, true]);
    expect(log.isKnown({ ...known, id: 'another' })).toBe(false);
    expect(log.isKnown(event('a', {}, 1))).toBe(false);
  });

  it('keeps a bounded number of early events, the latest', () => {
    const { seen, offer, log } = logFrom(0);
    for (let seq = 2; seq < 2500; seq++) offer(seq);
    log.startAfter(1499);
    expect(seen.length).toBe(1000);
    expect(seen[0]).toBe(1500);
  });
});

describe('an event', () => {
  it('may come as text or as an object; anything else is none', () => {
    const whole = event('order:created', { orderId: 'o' }, 3);
    expect(asEvent(JSON.stringify(whole))).toEqual(whole);
    expect(asEvent(whole)).toBe(whole);
    for (const other of [null, 3, 'x', '{', {}, { ...whole, seq: '3' }, { ...whole, id: undefined }, []]) {
      expect(asEvent(other)).toBeUndefined();
    }
  });
});
