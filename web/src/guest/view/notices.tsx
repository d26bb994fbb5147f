// Full-page notices without a table to show, and empty states.

import type { ComponentChildren } from 'preact';
import { t } from '../messages';
import { useGuestSession } from './context';
import './notices.css';

interface NoticeProps {
  /** It is all there is on the page. */
  isWhole?: boolean;
  mark: string;
  title: string;
  text: string;
  children?: ComponentChildren;
}

export function Notice({ isWhole = false, mark, title, text, children }: NoticeProps) {
  return (
    <section class="notice">
      <p class="notice-mark" aria-hidden="true">
        {mark}
      </p>
      {isWhole ? <h1>{title}</h1> : <h2>{title}</h2>}
      <p class="soft">{text}</p>
      {children}
    </section>
  );
}

/** A part of the page that could not be read yet. */
export function NotThere() {
  const session = useGuestSession();
  return (
    <Notice mark="∿" title={t('busyTitle')} text={t('busyText')}>
      <button type="button" class="primary" onClick={() => session.wake()}>
        {t('tryAgain')}
      </button>
    </Notice>
  );
}

export function Opening() {
  return (
    <main class="whole" aria-busy="true">
      <span class="spinner" aria-hidden="true" />
      <p role="status">{t('opening')}</p>
    </main>
  );
}

export function DeadCode() {
  return (
    <main class="whole" data-stage="dead">
      <Notice isWhole mark="◇" title={t('deadTitle')} text={t('deadText')} />
    </main>
  );
}

export function NoTable({ isKnownBefore }: { isKnownBefore: boolean }) {
  return (
    <main class="whole" data-stage="lost">
      <Notice isWhole mark="▦" title={t('lostTitle')} text={isKnownBefore ? t('lostAgain') : t('lostText')} />
    </main>
  );
}

export function Unreachable({ onAgain }: { onAgain: () => void }) {
  return (
    <main class="whole" data-stage="unreachable">
      <Notice isWhole mark="∿" title={t('busyTitle')} text={t('busyText')}>
        <button type="button" class="primary" onClick={onAgain}>
          {t('tryAgain')}
        </button>
      </Notice>
    </main>
  );
}
