import { useSignal } from '@preact/signals';
import { ApiError } from '../api/error';
import type { ApiClient, Schemas } from '../api/client';
import { translator } from '../i18n';
import type common from '../i18n/en.json';
import { logIn } from '../staff';
import { formText } from './form_text';
import './log_in.css';

const t = translator<typeof common>();

interface LogInProps {
  api: ApiClient;
  /** Roles that the page is for. */
  roles: Schemas['Role'][];
  /** What the page is called; with the form as its only content. */
  title?: string;
  /** Beside what the page shows, which says why it is there. */
  isInline?: boolean;
  onLoggedIn: () => void;
}

/** The form alone; the page places it: as its only content, or in a banner above it. */
export function LogInForm({ api, roles, title, isInline = false, onLoggedIn }: LogInProps) {
  const fault = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    isBusy.value = true;
    fault.value = await tryLogIn(api, roles, formText(event, 'email'), formText(event, 'password'));
    isBusy.value = false;
    if (fault.value === undefined) onLoggedIn();
  };
  return (
    <form class="log-in" onSubmit={submit}>
      {isInline ? null : (
        <header class="log-in-head">
          <p class="log-in-product">orderpush</p>
          <h1>{title}</h1>
          <p>{t('logInHelp')}</p>
        </header>
      )}
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
