import { useSignal } from '@preact/signals';
import { ApiError } from '../api/error';
import type { ApiClient, Schemas } from '../api/client';
import { translator } from '../i18n';
import type common from '../i18n/en.json';
import { choosePassword, logIn } from '../staff';
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
  const oneTime = useSignal<OneTimeLogIn | undefined>(undefined);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    isBusy.value = true;
    const password = formText(event, 'password');
    const outcome = await tryLogIn(api, roles, formText(event, 'email'), password);
    isBusy.value = false;
    fault.value = typeof outcome === 'string' ? outcome : undefined;
    if (typeof outcome === 'string') return;
    if (outcome.mustChangePassword) oneTime.value = { login: outcome, password };
    else onLoggedIn();
  };
  if (oneTime.value) return <NewPasswordForm {...oneTime.value} {...{ title, isInline, onLoggedIn }} />;
  return (
    <form class="log-in" onSubmit={submit}>
      {isInline ? null : <LogInHead title={title} help={t('logInHelp')} />}
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

function LogInHead({ title, help }: { title: string | undefined; help: string }) {
  return (
    <header class="log-in-head">
      <p class="log-in-product">orderpush</p>
      <h1>{title}</h1>
      <p>{help}</p>
    </header>
  );
}

interface OneTimeLogIn {
  login: Schemas['Login'];
  password: string;
}

type NewPasswordProps = OneTimeLogIn & { title: string | undefined; isInline: boolean; onLoggedIn: () => void };

function NewPasswordForm({ login, password, title, isInline, onLoggedIn }: NewPasswordProps) {
  const fault = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    isBusy.value = true;
    fault.value = await faultOf(() => choosePassword(login, password, formText(event, 'new-password')));
    isBusy.value = false;
    if (fault.value === undefined) onLoggedIn();
  };
  return (
    <form class="log-in" onSubmit={submit}>
      {isInline ? <p>{t('newPasswordHelp')}</p> : <LogInHead title={title} help={t('newPasswordHelp')} />}
      <label>
        {t('newPassword')}
        <input name="new-password" type="password" autocomplete="new-password" minLength={8} maxLength={128} required />
      </label>
      <p class="fault" role="alert">
        {fault.value ?? ''}
      </p>
      <button type="submit" class="primary" disabled={isBusy.value}>
        {isBusy.value ? t('saving') : t('savePassword')}
      </button>
    </form>
  );
}

/** The person, or what went wrong. */
async function tryLogIn(
  api: ApiClient,
  roles: Schemas['Role'][],
  email: string,
  password: string,
): Promise<Schemas['Login'] | string> {
  let who: Schemas['Login'] | undefined;
  const fault = await faultOf(async () => {
    who = await logIn(api, email, password, roles);
  });
  if (!who) return fault ?? '';
  return roles.includes(who.role) ? who : t('roleNotAllowed', { role: who.role });
}

/** What went wrong, in words; nothing if all went well. */
async function faultOf(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return t('logInFailed');
    if (error.status === 429) return t('logInLimited');
    return error.kind === 'problem' ? t('somethingFailed', { detail: error.message }) : t('unreachable');
  }
}
