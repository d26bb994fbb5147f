import { ALL, type Delivery } from '../dead_letters';
import { t } from '../messages';
import { clock } from '../span';
import { useDesk } from './context';

/** What no adapter could take, with the provider's own words. */
export function DeadLetterPanel() {
  const { letters } = useDesk();
  const list = letters.list.value;
  const isAllUnderWay = letters.underWay.value.has(ALL);
  return (
    <section class="panel" aria-labelledby="dead-letters">
      <header class="panel-head">
        <h2 id="dead-letters">{t('dead')}</h2>
        {list && list.length > 0 ? (
          <button type="button" class="primary" disabled={isAllUnderWay} onClick={() => void letters.retryAll()}>
            {isAllUnderWay ? t('sending') : t('retryAll')}
          </button>
        ) : null}
      </header>
      <Letters list={list} />
      {letters.canShowMore ? (
        <button type="button" onClick={() => letters.showMore()}>
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
  const { letters, search } = useDesk();
  const { id, event, channel, seq, via, adapter, attempts, reason, updatedAt } = delivery;
  const isUnderWay = letters.underWay.value.has(id);
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
          <span>{clock(updatedAt, { second: '2-digit' })}</span>
        </p>
      </div>
      <div class="letter-buttons">
        {audience === 'order' ? (
          <button type="button" class="quiet" onClick={() => void search.find(subject)}>
            {t('showStory')}
          </button>
        ) : null}
        <button type="button" data-action="retry" disabled={isUnderWay} onClick={() => void letters.retry(delivery)}>
          {isUnderWay ? t('sending') : t('retry')}
        </button>
      </div>
    </li>
  );
}
