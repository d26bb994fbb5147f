import { useEffect, useRef } from 'preact/hooks';
import type { ApiClient, Schemas } from '../api/client';
import type { Staff } from '../staff';
import { LogInForm } from './log_in';

/**
 * The log-in over a page that stays as it is, dialogs that are open included: it is the uppermost of them, and goes only
 * when somebody has logged in.
 */
export function LogInOver(props: { api: ApiClient; roles: Schemas['Role'][]; onLoggedIn: (who: Staff) => void }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  // Escape twice closes a dialog whatever its page says; it is opened again.
  const stay = () => element.current?.isConnected && element.current.showModal();
  return (
    <dialog ref={element} class="log-in-over" onCancel={(event) => event.preventDefault()} onClose={stay}>
      <LogInForm {...props} />
    </dialog>
  );
}
