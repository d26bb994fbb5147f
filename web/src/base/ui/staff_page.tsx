import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { anonymousApi, type Schemas } from '../api/client';
import type { StaffStore } from '../staff_store';
import { StaffRenewal } from '../staff_renewal';
import { LogInForm } from './log_in';
import { LogInBanner } from './log_in_banner';
import { Toasts } from './toasts';

interface StaffPageProps {
  /** What the page is called. */
  title: string;
  /** Roles that the page is for. */
  roles: Schemas['Role'][];
  store: StaffStore | undefined;
  /** Whether events are pushed to the page. */
  isHearing: boolean;
  /** What was done here and waits to be sent. */
  waiting: number;
  children: ComponentChildren;
}

/** A page for staff: the log-in until there is a store; then its content, with a banner above once the log-in has ended. */
export function StaffPage({ title, roles, store, isHearing, waiting, children }: StaffPageProps) {
  useEffect(() => {
    if (!store) return;
    const renewal = new StaffRenewal(store.api);
    renewal.start();
    return () => renewal.stop();
  }, [store]);
  if (!store) {
    return (
      <main>
        <LogInForm api={anonymousApi} title={title} roles={roles} onLoggedIn={() => undefined} />
      </main>
    );
  }
  return (
    <>
      <LogInBanner api={store.api} roles={roles} isHearing={isHearing} waiting={waiting} onLoggedIn={() => store.wake()} />
      {children}
      <Toasts />
    </>
  );
}
