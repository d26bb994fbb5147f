import { formatTime } from '../../base/format';
import { ALL, type Delivery } from '../dead_letters';
import { t } from '../messages';
import { useOpsStore } from './context';
import './dead_letter_panel.css';

/** Deliveries that were given up, with the provider's error message. */
export function DeadLetterPanel() {
  const { deadLetters } = useOpsStore();
  const list = deadLetters.list.value;
  const isAllUnderWay = deadLetters.underWay.value.has(ALL);
  return (
    <section class="panel" aria-labelledby="dead-letters">
      <header class="panel-head">
        <h2 id="dead-letters">{t('dead')}</h2>
        {list && list.length > 0 ? (
          <button type="button" class="primary" disabled={isAllUnderWay} onClick={() => void deadLetters.retryAll()}>
            {isAllUnderWay ? t('sending') : t('retryAll')}
          </button>
        ) : null}
      </header>
      <Letters list={list} />
      {deadLetters.canShowMore ? (
        <button type="button" onClick={() => deadLetters.showMore()}>
          {t('showMore')}
        </button>
      ) : null}
    </section>
  );
}

function Letters({ list }: { list: Delivery[] | undefined }) {
  if (!list) return <p class="empty">{t('loading')}</p>;
  if (list.length === 0) {
    return (
      <p class="empty is-good">
        <span aria-hidden="true">✓</span> {t('deadEmpty')}
      </p>
    );
  }
  return (
    <ul class="rows letters">
      {list.map((delivery) => (
        <Letter key={delivery.id} delivery={delivery} />
      ))}
    </ul>
  );
}

function Letter({ delivery }: { delivery: Delivery }) {
  const { deadLetters, search } = useOpsStore();
  const { id, event, channel, seq, via, adapter, attempts, reason, updatedAt } = delivery;
  const isUnderWay = deadLetters.underWay.value.has(id);
  const [audience = '', subject = ''] = channel.split(':');
  return (
    <li class="row letter" data-delivery={id}>
      <div class="letter-what">
        <div class="row-head">
          <h3>{event}</h3>
          <span class="pill pill-quiet">
            {audience} · {seq}
          </span>
        </div>
        <p class="answer is-bad">
          <q>{reason}</q>
        </p>
        <p class="row-facts">
          <span>{via ?? adapter}</span>
          <span>{t('attempts', { count: attempts })}</span>
          <span>{formatTime(updatedAt, { second: '2-digit' })}</span>
        </p>
      </div>
      <div class="letter-buttons">
        {audience === 'order' ? (
          <button type="button" class="quiet" onClick={() => void search.find(subject)}>
            {t('showTimeline')}
          </button>
        ) : null}
        <button type="button" data-action="retry" disabled={isUnderWay} onClick={() => void deadLetters.retry(delivery)}>
          {isUnderWay ? t('sending') : t('retry')}
        </button>
      </div>
    </li>
  );
}
