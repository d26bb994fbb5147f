import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowser, jsonResponse, problem, until } from '../browser';

installBrowser();
const { ApiClient } = await import('../../src/base/api/client');
const { DeadLetters, ALL } = await import('../../src/ops/dead_letters');
const { Search, parseQuery } = await import('../../src/ops/search');
const { problemsOf } = await import('../../src/ops/health');
const { bars, indexAt, line, lonely, niceMax, HEIGHT, WIDTH } = await import('../../src/ops/chart');
const { formatAge, formatDuration } = await import('../../src/ops/format');

type Answer = (path: string, init: RequestInit) => Response | Promise<Response>;
let answer: Answer;
let requests: string[];
const api = new ApiClient({
  token: () => 'token',
  onRefused: () => undefined,
  fetch: (address, init) => {
    const path = address as string;
    requests.push(`${init?.method} ${path}`);
    return Promise.resolve(answer(path, init ?? {}));
  },
  pause: () => Promise.resolve(),
});

beforeEach(() => {
  requests = [];
});
afterEach(() => vi.useRealTimers());

const ID = '019a9c3f-7b2e-7c41-9d5a-000000000005';
const letter = (id: string, updatedAt = '2026-11-21T18:00:00.000Z') => ({ id, updatedAt }) as never;

describe('dead letters', () => {
  const options = () => ({ onRefused: vi.fn(), onRetried: vi.fn(), onChanged: vi.fn() });

  it('are sent again once, however often somebody taps, and leave the list at once', async () => {
    let release: (response: Response) => void = () => undefined;
    const notified = options();
    const letters = new DeadLetters(api, notified);
    letters.list.value = [letter('a'), letter('b')];
    answer = () => new Promise((resolve) => (release = resolve));
    const both = [letters.retry(letter('a')), letters.retry(letter('a'))];
    expect(letters.underWay.value).toEqual(new Set(['a']));
    release(jsonResponse(202, { id: 'a', state: 'retry' }));
    await Promise.all(both);
    expect(requests).toEqual(['POST /v1/deliveries/a/retry']);
    expect(letters.list.value.map(({ id }) => id)).toEqual(['b']);
    expect(notified.onRetried).toHaveBeenCalledOnce();
    expect(letters.underWay.value.size).toBe(0);
  });

  it('do not come back from a list that was asked for before, but do when they die again', async () => {
    const letters = new DeadLetters(api, options());
    letters.list.value = [letter('a')];
    answer = () => jsonResponse(202, {});
    await letters.retry(letter('a'));
    answer = () => jsonResponse(200, { deliveries: [letter('a')], next: null });
    await letters.read();
    expect(letters.list.value).toEqual([]);
    answer = () => jsonResponse(200, { deliveries: [letter('a', '2026-11-21T18:05:00.000Z')], next: null });
    await letters.read();
    expect(letters.list.value).toHaveLength(1);
  });

  it('report a refusal, and stay', async () => {
    const notified = options();
    const letters = new DeadLetters(api, notified);
    letters.list.value = [letter('a')];
    answer = () => problem(409, 'delivery_settled');
    await letters.retry(letter('a'));
    expect(notified.onRefused).toHaveBeenCalledOnce();
    expect(notified.onChanged).toHaveBeenCalled();
    expect(letters.list.value).toHaveLength(1);
  });

  it('can all be sent again', async () => {
    const notified = options();
    const letters = new DeadLetters(api, notified);
    letters.list.value = [letter('a'), letter('b')];
    answer = () => jsonResponse(202, { count: 7, more: false });
    await Promise.all([letters.retryAll(), letters.retryAll()]);
    expect(requests).toHaveLength(1);
    expect(letters.underWay.value.has(ALL)).toBe(false);
    expect(notified.onRetried).toHaveBeenCalledWith(7);
    expect(letters.list.value).toEqual([]);
  });
});

describe('the search', () => {
  const order = (id: string) => ({ id, orderNumber: 17 });
  const timeline = { entries: [{ at: '2026-11-21T18:00:00.000Z', kind: 'accepted' }], truncated: false };

  it('understands a number and an id, with what people put around them', () => {
    expect(parseQuery(' #17 ')).toEqual({ number: 17 });
    expect(parseQuery(ID.toUpperCase())).toEqual({ id: ID });
    for (const text of ['', 'soup', '0', '-3', '1.5', '99999999999']) expect(parseQuery(text), text).toBeUndefined();
  });

  it('opens the only order of a number at once', async () => {
    const search = new Search(api);
    answer = (path) =>
      path.includes('number=17') ? jsonResponse(200, { orders: [order(ID)] }) : jsonResponse(200, path.endsWith('timeline') ? timeline : order(ID));
    await search.find('17');
    expect(search.open.value?.order.id).toBe(ID);
    expect(search.state.value).toBe('found');
  });

  it('offers several, and opens the one that is chosen', async () => {
    const search = new Search(api);
    answer = () => jsonResponse(200, { orders: [order('x'), order('y')] });
    await search.find('17');
    expect(search.open.value).toBeUndefined();
    expect(search.results.value).toHaveLength(2);
    answer = (path) => jsonResponse(200, path.endsWith('timeline') ? timeline : order('y'));
    await search.choose('y');
    expect(search.open.value?.order.id).toBe('y');
  });

  it('says what it did not find', async () => {
    const search = new Search(api);
    answer = () => problem(404, 'order_not_found');
    await search.find(ID);
    expect(search.state.value).toBe('none');
    answer = () => jsonResponse(200, { orders: [] });
    await search.find('17');
    expect(search.state.value).toBe('none');
    answer = () => problem(500, 'internal');
    await search.find('17');
    expect(search.state.value).toBe('failed');
    await search.find('soup');
    expect(search.state.value).toBe('wrong');
  });

  it('drops the answer to what was asked before', async () => {
    const search = new Search(api);
    const waiting: ((response: Response) => void)[] = [];
    answer = () => new Promise((resolve) => waiting.push(resolve));
    const first = search.find('1');
    const second = search.find('2');
    await until('both to be asked', () => waiting.length === 2);
    waiting[1]?.(jsonResponse(200, { orders: [] }));
    await second;
    waiting[0]?.(jsonResponse(200, { orders: [order('old'), order('older')] }));
    await first;
    expect(search.results.value).toEqual([]);
    expect(search.state.value).toBe('none');
  });
});

describe('what is wrong', () => {
  const branch = { branchId: 'b', name: 'Harbor' };
  const overview = (more: object) => ({ branches: [branch], outbox: { events: 0 }, dead: { count: 0 }, ...more }) as never;
  const kinds = (known: object) =>
    problemsOf({ overview: overview({}), adapters: undefined, displays: new Map(), alarms: [], nowMs: 0, ...known }).map(({ kind }) => kind);

  it('is nothing while all is well or not known', () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ overview: undefined })).toEqual([]);
  });

  it('is listed with the worst first', () => {
    const adapters = { adapters: [{ name: 'pusher', circuit: { state: 'open' } }, { name: 'ably', circuit: { state: 'closed' } }] };
    const alarms = [{ orderId: 'o', reason: '', since: '' }];
    expect(kinds({ overview: overview({ dead: { count: 2 } }), adapters, alarms })).toEqual(['unattended', 'open', 'dead']);
  });

  it('is a queue that does not move', () => {
    const waiting = overview({ outbox: { events: 1, oldestAt: '1970-01-01T00:00:00.000Z' } });
    expect(kinds({ overview: waiting, nowMs: 29_000 })).toEqual([]);
    expect(kinds({ overview: waiting, nowMs: 31_000 })).toEqual(['late']);
  });

  it('is a branch whose displays all went, not one that has none', () => {
    const displays = (online: unknown[], silent: unknown[], asOf: string | null = 'now') =>
      new Map([['b', { asOf, displays: online, silent }]]);
    expect(kinds({ displays: displays([], [{}]) })).toEqual(['dark']);
    expect(kinds({ displays: displays([{}], [{}]) })).toEqual([]);
    expect(kinds({ displays: displays([], []) })).toEqual([]);
    expect(kinds({ displays: displays([], [{}], null) })).toEqual([]);
  });
});

describe('a chart', () => {
  it('ends at a round number', () => {
    expect([0, 1, 3, 9, 10, 11, 49, 120, 4_900].map((value) => niceMax([value]))).toEqual([1, 1, 5, 10, 10, 20, 50, 200, 5_000]);
  });

  it('has a bar for what is, upon what is below it', () => {
    const [bar, ...others] = bars([0, 5], 10, [0, 5]);
    expect(others).toEqual([]);
    expect(bar).toMatchObject({ index: 1, y: 0, height: HEIGHT / 2 });
  });

  it('has a gap where nothing is known, and shows what stands alone', () => {
    const values = [10, 0, undefined, 5, undefined];
    expect(line(values, 10)).toBe(`M${WIDTH / 10} 0L${(WIDTH * 3) / 10} ${HEIGHT}M${(WIDTH * 7) / 10} ${HEIGHT / 2}`);
    expect(lonely(values, 10)).toEqual([{ x: (WIDTH * 7) / 10, y: HEIGHT / 2 }]);
  });

  it('knows the minute under a finger, at the edges too', () => {
    expect([-1, 0, 0.5, 1, 2].map((share) => indexAt(share, 60))).toEqual([0, 0, 30, 59, 59]);
  });
});

describe('spans of time', () => {
  it('are as exact as they are short', () => {
    expect([-5, 0, 12.4, 999, 1_000, 3_420, 12_345, 65_000, 3_725_000].map(formatDuration)).toEqual([
      '0 ms', '0 ms', '12 ms', '999 ms', '1 s', '3.4 s', '12 s', '1:05 min', '1:02 h',
    ]);
    expect([0, 900, 59_000, 61_000].map((now) => formatAge(0, now))).toEqual(['0 s', '0 s', '59 s', '1:01 min']);
  });
});
