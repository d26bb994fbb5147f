// What became of what was accepted. Pure: from what the database recorded and what arrived to a verdict.

/** `accepted` and `duplicated` count, the rest lists what is meant. */
const emptyVerdict = () => ({ accepted: 0, delivered: 0, duplicated: 0, lost: [], reordered: [], invented: [] });

const nameOf = ({ channel, seq, id }) => `${channel} ${seq} ${id}`;

/**
 * Compares what arrived with what was recorded, both as {channel, seq, id}; `arrived` in order of arrival.
 * Invented: was never recorded so. Duplicated: the same entry again. Reordered: an entry that comes for the first time
 * behind one of its channel with a higher seq. `onlyBetween`: expects no more than what lies between the first and the
 * last that came on each channel, for who listened only for a while. `later`: what was recorded when `arrived` was
 * taken, for a service that goes on recording by itself: it may have come, and need not have.
 */
export function judgeArrivals(recorded, arrived, { onlyBetween = false, later = recorded } = {}) {
  const verdict = emptyVerdict();
  const known = new Set(later.map(nameOf));
  const seen = new Set();
  const reach = new Map();
  for (const entry of arrived) {
    const name = nameOf(entry);
    if (!known.has(name)) {
      verdict.invented.push(name);
      continue;
    }
    if (seen.has(name)) {
      verdict.duplicated += 1;
      continue;
    }
    seen.add(name);
    const { from, to } = reach.get(entry.channel) ?? { from: entry.seq, to: entry.seq };
    if (entry.seq < to) verdict.reordered.push(name);
    reach.set(entry.channel, { from: Math.min(from, entry.seq), to: Math.max(to, entry.seq) });
  }
  const isExpected = ({ channel, seq }) => {
    if (!onlyBetween) return true;
    const span = reach.get(channel);
    return span !== undefined && span.from <= seq && seq <= span.to;
  };
  const expected = recorded.filter(isExpected).map(nameOf);
  verdict.accepted = expected.length;
  verdict.lost = expected.filter((name) => !seen.has(name));
  verdict.delivered = expected.length - verdict.lost.length;
  return verdict;
}

/**
 * Compares what clients asked for with what was committed. `asked`: idempotency keys; `answered`: {key, orderId} of every
 * 201; `committed`: {key, orderId, channels}, the last being how many channels its order:created stands in.
 * Lost: was answered and is not there, or is there without its event. Invented: nobody asked, the answer named another,
 * or one key became two.
 */
export function judgeOrders(asked, answered, committed, channelsPerOrder) {
  const verdict = emptyVerdict();
  const keys = new Set(asked);
  const orderOf = new Map();
  for (const { key, orderId, channels } of committed) {
    if (!keys.has(key) || orderOf.has(key)) verdict.invented.push(`order ${orderId} of ${key}`);
    orderOf.set(key, orderId);
    if (channels < channelsPerOrder) verdict.lost.push(`order ${orderId} was published on ${channels} channels`);
  }
  const accepted = new Set(orderOf.keys());
  for (const { key, orderId } of answered) {
    accepted.add(key);
    if (!orderOf.has(key)) verdict.lost.push(`order ${orderId} of ${key}`);
    else if (orderOf.get(key) !== orderId) verdict.invented.push(`order ${orderId} in the answer to ${key}`);
  }
  verdict.accepted = accepted.size;
  verdict.delivered = orderOf.size;
  return verdict;
}

/** Several verdicts as one. */
export function sum(verdicts) {
  const total = emptyVerdict();
  for (const verdict of verdicts) {
    for (const count of ['accepted', 'delivered', 'duplicated']) total[count] += verdict[count];
    for (const list of ['lost', 'reordered', 'invented']) total[list].push(...verdict[list]);
  }
  return total;
}

/** Whether nothing was lost, reordered or invented, and there was something to lose at all. */
export function isPassed(verdicts) {
  const isWhole = ({ accepted, lost, reordered, invented }) =>
    accepted > 0 && lost.length === 0 && reordered.length === 0 && invented.length === 0;
  return verdicts.length > 0 && verdicts.every(isWhole);
}

/** A table to read; `rows`: {name: verdict}. */
export function table(rows) {
  const counts = ({ accepted, delivered, lost, duplicated, reordered, invented }) => [
    accepted, delivered, lost.length, duplicated, reordered.length, invented.length,
  ];
  const line = (name, cells) => name.padEnd(24) + cells.map((cell) => String(cell).padStart(12)).join('');
  return [
    line('', ['accepted', 'delivered', 'lost', 'duplicated', 'reordered', 'invented']),
    ...Object.entries(rows).map(([name, verdict]) => line(name, counts(verdict))),
  ].join('\n');
}
