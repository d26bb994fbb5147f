import { translator } from '../i18n';
import type common from '../i18n/en.json';
import type { FeedState } from '../realtime/feed';

const t = translator<typeof common>();
const WORDS = {
  connecting: ['stateConnecting', 'stateConnecting'],
  live: ['stateLive', 'stateLiveHelp'],
  polling: ['statePolling', 'statePollingHelp'],
  offline: ['stateOffline', 'stateOfflineHelp'],
} as const;

/** Always in sight: a word and a shape, not a colour alone. */
export function ConnectionBadge({ state, waiting }: { state: FeedState; waiting?: string | undefined }) {
  const [word, help] = WORDS[state];
  return (
    <span class={`badge badge-${state}`} role="status" title={t(help)} data-state={state}>
      <span class="badge-mark" aria-hidden="true" />
      {t(word)}
      {waiting ? <span class="badge-waiting">{waiting}</span> : null}
    </span>
  );
}
