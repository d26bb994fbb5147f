import { useEffect, useRef } from 'preact/hooks';
import type { ApiClient, Schemas } from '../api/client';
import type { Staff } from '../staff';
import { LogInForm } from './log_in';
import './log_in.css';

/**
 * The log-in over a page that stays as it is, with its open dialogs: it is the topmost of them, and closes only with a
 * log-in.
 */
export function LogInOver(props: { api: ApiClient; roles: Schemas['Role'][]; onLoggedIn: (who: Staff) => void }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  // Browsers close a dialog on a second Escape even if cancel is prevented; it is opened again.
  const stay = () => element.current?.isConnected && element.current.showModal();
  return (
    <dialog ref={element} class="log-in-over" onCancel={(event) => event.preventDefault()} onClose={stay}>
      <LogInForm {...props} />
    </dialog>
  );
}
