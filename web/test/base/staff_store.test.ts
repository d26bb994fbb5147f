import { beforeEach, describe, expect, it } from 'vitest';
import { signal } from '@preact/signals';
import { installBrowser } from '../browser';

installBrowser();
const { staff } = await import('../../src/base/staff');
const { staffStore } = await import('../../src/base/staff_store');
const { ApiClient } = await import('../../src/base/api/client');

const ana = { token: 't', role: 'WAITER' as const, branchId: 'b', staffId: 's', name: 'Ana', expiresAt: '2036-01-01T00:00:00.000Z' };
const other = signal(0);

class FakeStore {
  readonly api = new ApiClient({ token: () => undefined, onRefused: () => undefined });
  constructor(
    readonly staff: typeof ana,
    private readonly calls: string[],
  ) {}
  start = () => this.calls.push(`start ${this.staff.name} ${other.value}`);
  stop = () => this.calls.push(`stop ${this.staff.name}`);
  wake = () => undefined;
}

function open(identity: 'branchId' | 'staffId') {
  const calls: string[] = [];
  const store = staffStore({
    roles: ['WAITER'],
    identity,
    create: (who) => new FakeStore(who as typeof ana, calls),
    onStopped: () => calls.push('closed'),
  });
  calls.length = 0;
  return { store, calls };
}

beforeEach(() => {
  staff.value = undefined;
});

describe('the store of a page for staff', () => {
  it('starts at the log-in, and stops at the log-out', () => {
    const { store, calls } = open('branchId');
    expect(store.value).toBeUndefined();
    staff.value = ana;
    expect([store.value?.staff, calls]).toEqual([ana, ['closed', 'start Ana 0']]);
    staff.value = undefined;
    expect([store.value, calls.slice(2)]).toEqual([undefined, ['stop Ana', 'closed']]);
  });

  it('goes on for a second log-in of the same branch, and starts anew for another', () => {
    const { store, calls } = open('branchId');
    staff.value = ana;
    const first = store.value;
    staff.value = { ...ana, staffId: 'z', name: 'Zoë' };
    expect(store.value).toBe(first);
    staff.value = { ...ana, branchId: 'c', name: 'Carl' };
    expect(store.value?.staff.name).toBe('Carl');
    expect(calls.slice(-3)).toEqual(['stop Ana', 'closed', 'start Carl 0']);
  });

  it('belongs to one person where the page says so', () => {
    const { store } = open('staffId');
    staff.value = ana;
    staff.value = { ...ana, staffId: 'z', name: 'Zoë' };
    expect(store.value?.staff.name).toBe('Zoë');
  });

  it('is not there for other roles', () => {
    const { store } = open('branchId');
    staff.value = { ...ana, role: 'KITCHEN' as never };
    expect(store.value).toBeUndefined();
  });

  it('does not start again for a signal that it has read', () => {
    const { calls } = open('branchId');
    staff.value = ana;
    other.value++;
    expect(calls.filter((call) => call.startsWith('start'))).toEqual(['start Ana 0']);
  });
});
