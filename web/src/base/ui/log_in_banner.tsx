import { useSignal } from '@preact/signals';
import type { ApiClient, Schemas } from '../api/client';
import { translator } from '../i18n';
import type common from '../i18n/en.json';
import { isEnding, isLoggedIn } from '../staff';
import { LogInForm } from './log_in';
import './log_in_banner.css';

const t = translator<typeof common>();

interface LogInBannerProps {
  api: ApiClient;
  /** Roles that the page is for. */
  roles: Schemas['Role'][];
  /** Whether events are pushed to the page still. */
  isHearing: boolean;
  /** How much waits for the log-in. */
  waiting: number;
  onLoggedIn: () => void;
}

/** Says that the log-in has ended, or will, and takes the next one, above a page that goes on. */
export function LogInBanner({ api, roles, isHearing, waiting, onLoggedIn }: LogInBannerProps) {
  const isOpen = useSignal(false);
  if (isLoggedIn.value && !isEnding.value) return null;
  const isUnheard = !isLoggedIn.value && !isHearing;
  const text = isLoggedIn.value ? t('logInEnding') : isHearing ? t('logInEnded') : t('logInEndedUnheard');
  const done = () => {
    isOpen.value = false;
    onLoggedIn();
  };
  return (
    <section class={`log-in-banner ${isUnheard ? 'is-unheard' : ''}`} aria-label={t('logInTitle')} data-log-in={isLoggedIn.value ? 'ending' : 'ended'}>
      <p role="alert">
        {text}
        {waiting > 0 ? ` ${t('logInWaiting', { count: waiting })}` : ''}
      </p>
      <button type="button" aria-expanded={isOpen.value} data-action="log-in" onClick={() => (isOpen.value = !isOpen.value)}>
        {isOpen.value ? t('close') : t('logIn')}
      </button>
      {isOpen.value ? <LogInForm api={api} roles={roles} onLoggedIn={done} isInline /> : null}
    </section>
  );
}
