// What the whole page says when there is no table to show.

import type { ComponentChildren } from 'preact';
import { t } from '../messages';

interface NoticeProps {
  mark: string;
  title: string;
  text: string;
  children?: ComponentChildren;
}

export function Notice({ mark, title, text, children }: NoticeProps) {
  return (
    <section class="notice">
      <p class="notice-mark" aria-hidden="true">
        {mark}
      </p>
      <h2>{title}</h2>
      <p class="soft">{text}</p>
      {children}
    </section>
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
      <Notice mark="◇" title={t('deadTitle')} text={t('deadText')} />
    </main>
  );
}

export function NoTable({ isKnownBefore }: { isKnownBefore: boolean }) {
  return (
    <main class="whole" data-stage="lost">
      <Notice mark="▦" title={t('lostTitle')} text={isKnownBefore ? t('lostAgain') : t('lostText')} />
    </main>
  );
}

export function Unreachable({ onAgain }: { onAgain: () => void }) {
  return (
    <main class="whole" data-stage="unreachable">
      <Notice mark="∿" title={t('busyTitle')} text={t('busyText')}>
        <button type="button" class="primary" onClick={onAgain}>
          {t('tryAgain')}
        </button>
      </Notice>
    </main>
  );
}
