import { afterEach, describe, expect, it, vi } from 'vitest';
import { installBrowser, until } from '../browser';

installBrowser();
const { ApiError } = await import('../../src/base/api/error');
const { storeOver } = await import('../../src/base/storage');
const { ActionQueue } = await import('../../src/kitchen/action_queue');
type Action = import('../../src/kitchen/actions').Action;
type Truth = import('../../src/kitchen/actions').ActionResult;

const action = (key: string, more: Partial<Action> = {}): Action => {
  return { key, kind: 'bump', ticketId: `t-${key}`, orderId: 'o', at: Date.now(), ...more };
};
const refusal = (status: number, more: object = {}) =>
  new ApiError('problem', status, { type: 'about:blank', title: '', status, detail: '', code: 'status_conflict', requestId: '', ...more });

function setUp() {
  const log: string[] = [];
  const state = { isReady: true, answer: (_: Action): Error | undefined => undefined };
  const store = storeOver(() => window.localStorage);
  const make = () =>
    new ActionQueue({
      store,
      storeKey: 'queue',
      isReady: () => state.isReady,
      send: (one) => {
        log.push(`sent ${one.key}`);
        const error = state.answer(one);
        return error ? Promise.reject(error) : Promise.resolve({} as Truth);
      },
      onDone: (one, result) => log.push(`done ${one.key}${result ? '' : ' before'}`),
      onRefused: (one, error) => log.push(`refused ${one.key} ${error.status}`),
    });
  return { log, state, store, make, queue: make() };
}

afterEach(() => window.localStorage.clear());

describe('what cooks did', () => {
  it('is sent one after the other, in their order', async () => {
    const { queue, log } = setUp();
    for (const key of ['a', 'b', 'c']) queue.add(action(key));
    await until('all to be sent', () => queue.waiting.value.length === 0);
    expect(log).toEqual(['sent a', 'done a', 'sent b', 'done b', 'sent c', 'done c']);
  });

  it('waits without a network, under the same key, and goes when there is one', async () => {
    vi.useFakeTimers();
    const { queue, log, state } = setUp();
    state.answer = () => new ApiError('unreachable', 0);
    queue.add(action('a'));
    queue.add(action('b'));
    await until('three tries', () => log.length >= 3);
    expect(new Set(log)).toEqual(new Set(['sent a']));
    expect(queue.waiting.value.map(({ key }) => key)).toEqual(['a', 'b']);
    state.answer = () => undefined;
    queue.wake();
    await until('all to be sent', () => queue.waiting.value.length === 0);
    expect(log.slice(-3)).toEqual(['done a', 'sent b', 'done b']);
    vi.useRealTimers();
  });

  it('outlives the page, unless it is of yesterday', async () => {
    const { queue, make, state } = setUp();
    state.isReady = false;
    queue.add(action('a', { kind: 'strike', itemId: 'i' }));
    queue.add(action('old', { at: Date.now() - 24 * 3600 * 1000 }));
    const later = make();
    expect(later.waiting.value.map(({ key, itemId }) => [key, itemId])).toEqual([['a', 'i']]);
    state.isReady = true;
    later.wake();
    await until('all to be sent', () => later.waiting.value.length === 0);
    expect(window.localStorage.getItem('queue')).toBeNull();
  });

  it('waits for the log-in', async () => {
    const { queue, log, state } = setUp();
    state.answer = () => (state.isReady = false, refusal(401));
    queue.add(action('a'));
    await until('the refusal', () => !state.isReady);
    state.answer = () => undefined;
    expect(queue.waiting.value.length).toBe(1);
    state.isReady = true;
    queue.wake();
    await until('all to be sent', () => queue.waiting.value.length === 0);
    expect(log.at(-1)).toBe('done a');
  });

  it('is done when the service says that it is so already', async () => {
    const { queue, log, state } = setUp();
    state.answer = () => refusal(409, { currentStatus: 'completed' });
    queue.add(action('a'));
    await until('all to be settled', () => queue.waiting.value.length === 0);
    expect(log).toEqual(['sent a', 'done a before']);
  });

  it('is done when the answer to an earlier try was lost', async () => {
    const { queue, log, state } = setUp();
    state.answer = () => refusal(409, { code: 'idempotent_answer_lost' });
    queue.add(action('a', { kind: 'hold' }));
    await until('it to be settled', () => queue.waiting.value.length === 0);
    expect(log).toEqual(['sent a', 'done a before']);
  });

  it.each(['idempotency_key_in_use', 'busy'])('is tried again while the service says %s', async (code) => {
    const { queue, log, state } = setUp();
    state.answer = () => (log.length < 2 ? refusal(409, { code }) : undefined);
    queue.add(action('a', { kind: 'rush' }));
    await until('it to be settled', () => queue.waiting.value.length === 0);
    expect(log).toEqual(['sent a', 'sent a', 'done a']);
  });

  it('is not taken for done because a refusal names no status', async () => {
    const { queue, log, state } = setUp();
    state.answer = () => refusal(409, { code: 'version_mismatch' });
    queue.add(action('a', { kind: 'rush' }));
    await until('it to be settled', () => queue.waiting.value.length === 0);
    expect(log).toEqual(['sent a', 'refused a 409']);
  });

  it('is given up when refused, and the next goes on', async () => {
    const { queue, log, state } = setUp();
    state.answer = ({ key }) => (key === 'a' ? refusal(409, { currentStatus: 'cancelled' }) : undefined);
    queue.add(action('a'));
    queue.add(action('b'));
    await until('all to be settled', () => queue.waiting.value.length === 0);
    expect(log).toEqual(['sent a', 'refused a 409', 'sent b', 'done b']);
  });

  it('is bounded', () => {
    const { queue, state } = setUp();
    state.isReady = false;
    for (let i = 0; i < 500; i++) expect(queue.add(action(`k${i}`))).toBe(true);
    expect(queue.add(action('more'))).toBe(false);
    expect(queue.waiting.value.length).toBe(500);
  });

  it('is sent all the same by a browser that stores nothing, which it says', async () => {
    const { log } = setUp();
    const store = storeOver(() => {
      throw new Error('blocked');
    });
    const send = (one: Action) => Promise.resolve({ order: one } as unknown as Truth);
    const queue = new ActionQueue({ store, storeKey: 'q', send, isReady: () => true, onDone: ({ key }) => log.push(key), onRefused: () => undefined });
    queue.add(action('a'));
    expect(queue.isStored).toBe(false);
    await until('all to be sent', () => log.includes('a'));
  });

  it('that is stored is not believed when it is something else', () => {
    const { make } = setUp();
    for (const text of ['[{"key":"a"}]', '{', '7', JSON.stringify([{ ...action('a'), kind: 'explode' }])]) {
      window.localStorage.setItem('queue', text);
      expect(make().waiting.value).toEqual([]);
    }
  });
});
