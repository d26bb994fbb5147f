import { useRef } from 'preact/hooks';
import { joined } from '../../base/bidi';
import { formatTime, formatMoney } from '../../base/format';
import { ORDER_STATUS_LABELS } from '../../base/i18n/labels';
import { t } from '../messages';
import type { Order } from '../search';
import { useOpsStore } from './context';
import { TimelineView } from './timeline_view';
import './search_panel.css';

const HINTS = { none: 'searchNone', wrong: 'searchWrong', failed: 'searchFailed', searching: 'searching' } as const;

/** The search, and the timeline of the order it found. */
export function SearchPanel() {
  const { search } = useOpsStore();
  const field = useRef<HTMLInputElement>(null);
  const state = search.state.value;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void search.find(field.current?.value ?? '');
  };
  const hint = state === 'idle' || state === 'found' ? undefined : t(HINTS[state]);
  return (
    <section class="panel search" aria-labelledby="search">
      <header class="panel-head">
        <h2 id="search">{t('search')}</h2>
      </header>
      <form role="search" class="search-form" onSubmit={submit}>
        <label class="visually-hidden" for="search-field">
          {t('searchLabel')}
        </label>
        <input ref={field} id="search-field" type="search" maxLength={64} autocomplete="off" placeholder={t('searchPlaceholder')} />
        <button type="submit" class="primary">
          {t('searchButton')}
        </button>
      </form>
      <p class={state === 'none' || state === 'wrong' || state === 'failed' ? 'search-hint is-bad' : 'search-hint'} role="status">
        {hint ?? ''}
      </p>
      <Outcome />
    </section>
  );
}

function Outcome() {
  const { search } = useOpsStore();
  const open = search.open.value;
  const results = search.results.value;
  if (open) {
    return (
      <div class="story" data-story={open.order.id}>
        {results.length > 1 ? (
          <button type="button" class="quiet back" onClick={() => search.close()}>
            ← {t('backToResults', { count: results.length })}
          </button>
        ) : null}
        <TimelineView open={open} />
      </div>
    );
  }
  if (results.length > 0) {
    return (
      <ul class="rows results">
        {results.map((order) => (
          <Result key={order.id} order={order} />
        ))}
      </ul>
    );
  }
  return search.state.value === 'idle' ? <p class="empty">{t('searchEmpty')}</p> : null;
}

function Result({ order }: { order: Order }) {
  const { search, overview } = useOpsStore();
  const branches = overview.value?.branches ?? [];
  const branch = branches.length > 1 ? branches.find(({ branchId }) => branchId === order.branchId)?.name : undefined;
  const day = formatTime(order.createdAt, { day: 'numeric', month: 'short' });
  return (
    <li>
      <button type="button" class="result" data-result={order.id} onClick={() => void search.choose(order.id)}>
        <b>
          #{order.orderNumber} · <bdi>{order.table}</bdi>
        </b>
        <span>{joined([branch, day, t(ORDER_STATUS_LABELS[order.status]), formatMoney(order.finalAmount, order.currency)])}</span>
      </button>
    </li>
  );
}
