import { useSignal } from '@preact/signals';
import { ApiError } from '../api/error';
import type { ApiClient, Schemas } from '../api/client';
import { translator } from '../i18n';
import type common from '../i18n/en.json';
import { logIn, staff, type Staff } from '../staff';
import { formText } from './form_text';
import './log_in.css';

const t = translator<typeof common>();

interface LogInProps {
  api: ApiClient;
  /** Roles that the page is for. */
  roles: Schemas['Role'][];
  onLoggedIn: (who: Staff) => void;
}

/** The form alone; the page places it: as its only content, or over what it shows. */
export function LogInForm({ api, roles, onLoggedIn }: LogInProps) {
  const fault = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    isBusy.value = true;
    fault.value = await tryLogIn(api, roles, formText(event, 'email'), formText(event, 'password'));
    isBusy.value = false;
    if (fault.value === undefined && staff.value) onLoggedIn(staff.value);
  };
  return (
    <form class="log-in" onSubmit={submit}>
      <h1>{t('logInTitle')}</h1>
      {staff.value ? <p>{t('logInAgain')}</p> : null}
      <label>
        {t('email')}
        <input name="email" type="email" autocomplete="username" required />
      </label>
      <label>
        {t('password')}
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      <p class="fault" role="alert">
        {fault.value ?? ''}
      </p>
      <button type="submit" class="primary" disabled={isBusy.value}>
        {isBusy.value ? t('loggingIn') : t('logIn')}
      </button>
    </form>
  );
}

async function tryLogIn(
  api: ApiClient,
  roles: Schemas['Role'][],
  email: string,
  password: string,
): Promise<string | undefined> {
  try {
    const who = await logIn(api, email, password, roles);
    return roles.includes(who.role) ? undefined : t('roleNotAllowed', { role: who.role });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return t('logInFailed');
    if (error.status === 429) return t('logInLimited');
    return error.kind === 'problem' ? t('somethingFailed', { detail: error.message }) : t('unreachable');
  }
}
