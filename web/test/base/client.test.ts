import { beforeEach, describe, expect, it, vi } from 'vitest';
import { urlOf, ApiClient } from '../../src/base/api/client';
import { ApiError } from '../../src/base/api/error';
import { storeOver } from '../../src/base/storage';
import { installBrowser, jsonResponse, problem } from '../browser';

installBrowser();

const answers: (Response | Error)[] = [];
const sent: { address: string; init: RequestInit }[] = [];
const pauses: number[] = [];
const refused: string[] = [];
const api = new ApiClient({
  token: () => 'secret',
  onRefused: (token) => refused.push(token),
  pause: (ms) => (pauses.push(ms), Promise.resolve()),
  fetch: (address, init) => {
    sent.push({ address: address as string, init: init ?? {} });
    const answer = answers.shift() ?? new Error('nothing prepared');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  },
});
const headersOf = (index: number) => sent[index]?.init.headers as Record<string, string>;
const failure = (request: Promise<unknown>) =>
  request.then(
    () => Promise.reject(new Error('it went well')),
    (error: unknown) => error as ApiError,
  );

beforeEach(() => {
  for (const list of [answers, sent, pauses, refused]) list.length = 0;
});

describe('a request', () => {
  it('carries the token in a header, and nothing of it in the address', async () => {
    answers.push(jsonResponse(200, { branchId: 'b' }));
    await api.get('/v1/branches/{id}/board', { path: { id: 'a/b' }, query: { stationId: 's' } });
    expect(sent[0]?.address).toBe('/v1/branches/a%2Fb/board?stationId=s');
    expect(headersOf(0)['Authorization']).toBe('Bearer secret');
  });

  it('is tried again while the service is away, as long as that is safe', async () => {
    answers.push(new Error('no network'), problem(503, 'unavailable'), jsonResponse(200, {}));
    await api.get('/v1/realtime');
    expect(sent.length).toBe(3);
    answers.push(new Error('no network'));
    const lost = await failure(api.post('/v1/tickets/{id}/bump', { path: { id: 't' } }));
    expect([lost.kind, lost.status, sent.length]).toEqual(['unreachable', 0, 4]);
  });

  it('is the same request under the same key when it is repeated', async () => {
    answers.push(problem(409, 'idempotency_key_in_use', {}), new Error('lost'), jsonResponse(200, { id: 't' }));
    await api.post('/v1/tickets/{id}/bump', { path: { id: 't' }, idempotencyKey: 'k' });
    expect(sent.map((_, index) => headersOf(index)['Idempotency-Key'])).toEqual(['k', 'k', 'k']);
  });

  it('waits as long as the service requests', async () => {
    const busy = jsonResponse(429, { status: 429, code: 'rate_limited', detail: '' }, { 'Retry-After': '7' });
    answers.push(busy, jsonResponse(200, {}));
    await api.get('/v1/realtime');
    expect(pauses[0]).toBeGreaterThanOrEqual(7000);
  });

  it('gives up after its tries, with the last problem', async () => {
    answers.push(problem(503, 'a'), problem(503, 'b'), problem(503, 'unavailable'));
    const error = await failure(api.get('/v1/realtime'));
    expect(error).toBeInstanceOf(ApiError);
    expect([error.status, error.code, sent.length]).toEqual([503, 'unavailable', 3]);
  });

  it('is not repeated when the service refuses it', async () => {
    answers.push(problem(409, 'status_conflict', { currentStatus: 'ready' }));
    const error = await failure(api.get('/v1/realtime'));
    expect([error.problem?.currentStatus, error.isTransient, sent.length]).toEqual(['ready', false, 1]);
  });

  it('says whose token was refused; without a token that is an answer as others', async () => {
    answers.push(problem(401, 'unauthenticated'), problem(401, 'login_failed'));
    await failure(api.get('/v1/realtime'));
    await failure(api.post('/v1/staff/login', { body: { email: '', password: '' }, isAnonymous: true }));
    expect(refused).toEqual(['secret']);
    expect(headersOf(1)['Authorization']).toBeUndefined();
    answers.push(problem(403, 'session_closed'), problem(403, 'forbidden'), problem(409, 'session_closed'));
    for (let i = 0; i < 3; i++) await failure(api.postTo('https://x/v1/realtime/ably/auth', {}));
    expect(refused).toEqual(['secret', 'secret']);
  });

  it('takes what is no problem document for something in between', async () => {
    answers.push(new Response('<html>bad gateway</html>', { status: 502 }), new Response('<html>', { status: 200 }));
    expect((await failure(api.get('/v1/realtime', { tries: 1 }))).kind).toBe('unreadable');
    expect((await failure(api.get('/v1/realtime', { tries: 1 }))).kind).toBe('unreadable');
  });

  it('may be answered with a token, which is no JSON', async () => {
    answers.push(new Response('head.claims.signature', { headers: { 'Content-Type': 'application/jwt' } }));
    expect(await api.postTo('/v1/realtime/ably/auth', {})).toBe('head.claims.signature');
  });

  it('ends at its deadline', async () => {
    const hanging = new ApiClient({
      token: () => undefined,
      onRefused: () => undefined,
      fetch: (_, init) => new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('late')))),
    });
    expect((await failure(hanging.get('/v1/realtime', { tries: 1, deadlineMs: 5 }))).kind).toBe('unreachable');
  });

  it('to an address of another host goes to our own', async () => {
    answers.push(jsonResponse(200, { auth: 'x' }));
    await api.postTo('https://orders.example/v1/realtime/pusher/auth?provider=builtin', { a: 1 });
    expect(sent[0]?.address).toBe('/v1/realtime/pusher/auth?provider=builtin');
  });
});

describe('addresses', () => {
  it('leave out what is not given', () => {
    expect(urlOf('/v1/orders', {}, { status: undefined, limit: 3 })).toBe('/v1/orders?limit=3');
  });
});

describe('what a page remembers', () => {
  it('is kept in memory where the browser stores nothing', () => {
    const blocked = storeOver(() => {
      throw new Error('blocked');
    });
    expect(blocked.set('a', '1')).toBe(false);
    expect(blocked.get('a')).toBe('1');
    blocked.remove('a');
    expect(blocked.get('a')).toBeUndefined();
  });

  it('is the latest although the store is full by now', () => {
    const storage = window.localStorage;
    const store = storeOver(() => storage);
    store.set('a', '1');
    vi.spyOn(storage, 'setItem').mockImplementation(() => {
      throw new Error('full');
    });
    expect(store.set('a', '2')).toBe(false);
    expect(store.get('a')).toBe('2');
    vi.restoreAllMocks();
    expect(store.set('a', '3')).toBe(true);
    expect([store.get('a'), storage.getItem('a')]).toEqual(['3', '3']);
  });
});
