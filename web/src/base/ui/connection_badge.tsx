import { translator } from '../i18n';
import type common from '../i18n/en.json';
import type { FeedState } from '../realtime/feed';
import './connection_badge.css';

const t = translator<typeof common>();
const LABELS = {
  connecting: ['stateConnecting', 'stateConnecting'],
  live: ['stateLive', 'stateLiveHelp'],
  polling: ['statePolling', 'statePollingHelp'],
  offline: ['stateOffline', 'stateOfflineHelp'],
  unheard: ['stateUnheard', 'stateUnheardHelp'],
} as const;

/** Always visible: a text and a shape, not a colour alone. */
export function ConnectionBadge({ state, waiting }: { state: FeedState; waiting?: string | undefined }) {
  const [label, help] = LABELS[state];
  return (
    <span class={`badge badge-${state}`} role="status" title={t(help)} data-state={state}>
      <span class="badge-mark" aria-hidden="true" />
      {t(label)}
      {waiting ? <span class="badge-waiting">{waiting}</span> : null}
    </span>
  );
}
