// The verdict of ./dev chaos finds each kind of fault.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassed, judgeArrivals, judgeOrders, sum, table } from './verdict.mjs';

const entry = (seq, channel = 'kitchen:1', id = `${channel}-${seq}`) => ({ channel, seq, id });
const recorded = [1, 2, 3, 4].map((seq) => entry(seq));
const arrivals = (...seqs) => seqs.map((seq) => entry(seq));

test('all in order passes, and repeats are counted only', () => {
  const plain = judgeArrivals(recorded, arrivals(1, 2, 3, 4));
  assert.deepEqual(plain, { accepted: 4, delivered: 4, duplicated: 0, lost: [], reordered: [], invented: [] });
  const repeated = judgeArrivals(recorded, arrivals(1, 2, 1, 2, 3, 4, 4));
  assert.equal(repeated.duplicated, 3);
  assert.ok(isPassed([plain, repeated]));
});

test('what never came is lost, at either end or in the middle', () => {
  for (const came of [[2, 3, 4], [1, 3, 4], [1, 2, 3], []]) {
    const verdict = judgeArrivals(recorded, arrivals(...came));
    assert.equal(verdict.lost.length, 4 - came.length, String(came));
    assert.ok(!isPassed([verdict]), String(came));
  }
});

test('a first arrival behind a higher seq is reordered, a repeat is not', () => {
  const verdict = judgeArrivals(recorded, arrivals(1, 3, 2, 4));
  assert.deepEqual(verdict.reordered, ['kitchen:1 2 kitchen:1-2']);
  assert.deepEqual(verdict.lost, []);
  assert.ok(!isPassed([verdict]));
  assert.deepEqual(judgeArrivals(recorded, arrivals(1, 2, 3, 2, 4)).reordered, []);
});

test('channels are judged apart', () => {
  const both = [...recorded, entry(1, 'waiters:1')];
  assert.ok(isPassed([judgeArrivals(both, [...arrivals(1, 2, 3, 4), entry(1, 'waiters:1')])]));
  assert.equal(judgeArrivals(both, arrivals(1, 2, 3, 4)).lost.length, 1);
});

test('what was not recorded is invented: another id, another seq, another channel', () => {
  for (const stranger of [entry(2, 'kitchen:1', 'other'), entry(9, 'kitchen:1', 'kitchen:1-2'), entry(2, 'kitchen:2', 'kitchen:1-2')]) {
    const verdict = judgeArrivals(recorded, [...arrivals(1, 2, 3, 4), stranger]);
    assert.equal(verdict.invented.length, 1);
    assert.ok(!isPassed([verdict]));
  }
});

test('what was recorded meanwhile may have come and need not have', () => {
  const later = { later: [...recorded, entry(5), entry(6)] };
  const verdict = judgeArrivals(recorded, arrivals(1, 2, 3, 4, 5), later);
  assert.deepEqual([verdict.accepted, verdict.delivered], [4, 4]);
  assert.ok(isPassed([verdict]));
  assert.equal(judgeArrivals(recorded, arrivals(1, 2, 3, 4, 7), later).invented.length, 1);
  assert.equal(judgeArrivals(recorded, arrivals(1, 2, 3, 5), later).lost.length, 1);
  assert.equal(judgeArrivals(recorded, arrivals(1, 2, 3, 5, 4), later).reordered.length, 1);
});

test('who listened for a while must have heard all of that while', () => {
  const onlyBetween = { onlyBetween: true };
  assert.ok(isPassed([judgeArrivals(recorded, arrivals(2, 3), onlyBetween)]));
  assert.equal(judgeArrivals(recorded, arrivals(2, 4), onlyBetween).lost.length, 1);
  assert.equal(judgeArrivals(recorded, arrivals(3, 2), onlyBetween).reordered.length, 1);
});

test('orders: lost, unpublished, doubled, unasked and mistaken ones are found', () => {
  const whole = { key: 'a', orderId: '1', channels: 5 };
  const answer = { key: 'a', orderId: '1' };
  const judge = (asked, answered, committed) => judgeOrders(asked, answered, committed, 5);
  assert.ok(isPassed([judge(['a'], [answer], [whole])]));
  assert.ok(isPassed([judge(['a', 'b'], [], [whole])]), 'without an answer it may be there or not');
  assert.equal(judge(['a'], [answer], []).lost.length, 1);
  assert.equal(judge(['a'], [answer], [{ ...whole, channels: 4 }]).lost.length, 1);
  assert.equal(judge(['a'], [answer], [whole, { ...whole, orderId: '2' }]).invented.length >= 1, true);
  assert.equal(judge([], [], [whole]).invented.length, 1);
  assert.equal(judge(['a'], [{ key: 'a', orderId: '2' }], [whole]).invented.length, 1);
});

test('a run in which nothing happened proves nothing', () => {
  assert.ok(!isPassed([]));
  assert.ok(!isPassed([judgeArrivals([], [])]));
});

test('one bad part spoils the whole, and the table shows its counts', () => {
  const good = judgeArrivals(recorded, arrivals(1, 2, 3, 4));
  const bad = judgeArrivals(recorded, arrivals(1, 2, 4, 3));
  assert.ok(!isPassed([good, bad]));
  assert.ok(!isPassed([sum([good, bad])]));
  assert.match(table({ provider: sum([good, bad]) }), /provider +8 +8 +0 +0 +1 +0$/);
});
