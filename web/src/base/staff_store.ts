// The state behind a page for staff: made at the log-in, stopped at the log-out.

import { effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import type { ApiClient, Schemas } from './api/client';
import { staff, type Staff } from './staff';

export interface StaffStore {
  readonly staff: Staff;
  readonly api: ApiClient;
  start(): void;
  stop(): void;
  /** Retries everything that waits. */
  wake(): void;
}

export interface StaffStoreOptions<S extends StaffStore> {
  roles: Schemas['Role'][];
  /** A second log-in with the same value continues the running store. */
  identity: 'branchId' | 'staffId';
  create: (who: Staff) => S;
  /** The running store was stopped: closes views that belong to it. */
  onStopped?: () => void;
}

/** The store of whoever is logged in; undefined without a log-in of one of the roles. */
export function staffStore<S extends StaffStore>(options: StaffStoreOptions<S>): ReadonlySignal<S | undefined> {
  const { roles, identity, create, onStopped } = options;
  const current = signal<S | undefined>(undefined);
  effect(() => {
    const who = staff.value;
    const running = current.peek();
    if (running && running.staff[identity] === who?.[identity]) return;
    // Signals that stores read while they start must not run this again.
    untracked(() => {
      running?.stop();
      onStopped?.();
      current.value = who && roles.includes(who.role) ? create(who) : undefined;
      current.value?.start();
    });
  });
  return current;
}
