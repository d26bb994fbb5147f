import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowser, jsonResponse, problem } from '../browser';

installBrowser();
vi.stubGlobal('navigator', {});
const { currentToken, isEnding, isLoggedIn, logOut, refuseToken, staff, takeOver } = await import('../../src/base/staff');
const { StaffRenewal } = await import('../../src/base/staff_renewal');
const { ApiClient } = await import('../../src/base/api/client');

const HOUR = 3_600_000;
const KEY = 'orderpush.staff';
/** Of all tests together: a token that one of them had refused stays refused. */
let issued = 0;
let first: string;
let asked: (string | undefined)[];
let answer: () => Promise<Response>;
let renewal: InstanceType<typeof StaffRenewal>;

const login = (more: object = {}) => ({
  token: `t${++issued}`, role: 'KITCHEN' as const, branchId: 'b', staffId: 's', name: 'Kim', expiresIn: 12 * 3600, mustChangePassword: false,
  expiresAt: new Date(Date.now() + 12 * HOUR).toISOString(), ...more,
});

const second = () => `t${Number(first.slice(1)) + 1}`;

beforeEach(() => {
  vi.useFakeTimers();
  logOut();
  asked = [];
  first = `t${issued + 1}`;
  answer = () => Promise.resolve(jsonResponse(200, login()));
  const api = new ApiClient({
    token: currentToken,
    onRefused: refuseToken,
    fetch: (_, init) => {
      asked.push((init?.headers as Record<string, string>)['Authorization']);
      return answer();
    },
  });
  renewal = new StaffRenewal(api);
});

afterEach(() => {
  renewal.stop();
  vi.useRealTimers();
});

describe('a log-in', () => {
  it('is renewed at about half of its life, again and again', async () => {
    takeOver(login());
    renewal.start();
    await vi.advanceTimersByTimeAsync(4.7 * HOUR);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(2.6 * HOUR);
    expect(asked).toEqual([`Bearer ${first}`]);
    expect(currentToken()).toBe(second());
    await vi.advanceTimersByTimeAsync(7.3 * HOUR);
    expect(asked).toEqual([`Bearer ${first}`, `Bearer ${second()}`]);
  });

  it('is renewed at once when the device slept past that time', async () => {
    takeOver(login());
    renewal.start();
    vi.setSystemTime(Date.now() + 11 * HOUR);
    document.dispatchEvent?.(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(16_000);
    expect(currentToken()).toBe(second());
  });

  it('is tried again, with pauses, while the service is away', async () => {
    takeOver(login());
    answer = () => Promise.reject(new Error('away'));
    renewal.start();
    await vi.advanceTimersByTimeAsync(8 * HOUR);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.length).toBeLessThan(2_000);
    expect(isLoggedIn.value).toBe(true);
    answer = () => Promise.resolve(jsonResponse(200, login()));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(currentToken()).not.toBe(first);
  });

  it('is over when the service says so, and asked for no more', async () => {
    takeOver(login());
    answer = () => Promise.resolve(problem(401, 'login_ended'));
    renewal.start();
    await vi.advanceTimersByTimeAsync(24 * HOUR);
    expect(asked.length).toBe(1);
    expect(isLoggedIn.value).toBe(false);
    expect(staff.value?.name).toBe('Kim');
  });

  it('that cannot be renewed any more is used until it ends, and the page knows', async () => {
    takeOver(login());
    answer = () => Promise.resolve(problem(403, 'login_too_old'));
    renewal.start();
    await vi.advanceTimersByTimeAsync(11 * HOUR);
    expect(asked.length).toBe(1);
    expect([isLoggedIn.value, isEnding.value]).toEqual([true, true]);
    takeOver(login());
    expect(isEnding.value).toBe(false);
  });

  it('that another tab has renewed is taken over instead', async () => {
    takeOver(login());
    renewal.start();
    vi.setSystemTime(Date.now() + HOUR);
    window.localStorage.setItem(KEY, JSON.stringify({ ...login({ token: 'other' }), renewAt: Date.now() + 6 * HOUR }));
    await vi.advanceTimersByTimeAsync(5 * HOUR);
    expect(currentToken()).toBe('other');
    expect(asked).toEqual([]);
  });

  it('of somebody else in another tab changes nothing here', async () => {
    takeOver(login());
    renewal.start();
    window.localStorage.setItem(KEY, JSON.stringify(login({ token: 'theirs', staffId: 'else' })));
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(currentToken()).toBe(first);
  });

  it('that was refused comes back with what another tab has', () => {
    takeOver(login());
    vi.setSystemTime(Date.now() + HOUR);
    window.localStorage.setItem(KEY, JSON.stringify(login({ token: 'other' })));
    refuseToken(first);
    expect([isLoggedIn.value, currentToken()]).toEqual([true, 'other']);
    refuseToken('other');
    expect(isLoggedIn.value).toBe(false);
  });

  it('stored by a version that renewed nothing is renewed at once', async () => {
    staff.value = { token: 'old', role: 'KITCHEN', branchId: 'b', staffId: 's', name: 'Kim', expiresAt: '2036-01-01T00:00:00.000Z' };
    renewal.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(['Bearer old']);
  });
});
