import type { ComponentChildren } from 'preact';
import { anonymousApi, type Schemas } from '../api/client';
import { isLoggedIn } from '../staff';
import type { StaffStore } from '../staff_store';
import { LogInForm } from './log_in';
import { LogInOver } from './log_in_over';
import { Toasts } from './toasts';

interface StaffPageProps {
  /** Roles that the page is for. */
  roles: Schemas['Role'][];
  store: StaffStore | undefined;
  children: ComponentChildren;
}

/** A page for staff: the log-in until there is a store; then its content, behind a log-in after a refused token. */
export function StaffPage({ roles, store, children }: StaffPageProps) {
  if (!store) {
    return (
      <main>
        <LogInForm api={anonymousApi} roles={roles} onLoggedIn={() => undefined} />
      </main>
    );
  }
  return (
    <>
      {children}
      {isLoggedIn.value ? null : <LogInOver api={store.api} roles={roles} onLoggedIn={() => store.wake()} />}
      <Toasts />
    </>
  );
}
