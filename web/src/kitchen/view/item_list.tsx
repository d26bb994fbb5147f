import { t } from '../messages';
import { isLive, isStruck, type Item, type Ticket } from '../ticket';
import { useDisplay } from './context';
import './item_list.css';

/** The lines; each is a button that strikes it out, or brings it back. Of a ticket that is ready, all are done: it is read whole. */
export function ItemList({ ticket, isGone }: { ticket: Ticket; isGone: boolean }) {
  const isFixed = isGone || ticket.status === 'ready';
  return (
    <ul class="items">
      {ticket.items.map((item) => (
        <li key={item.itemId}>
          <ItemLine ticket={ticket} item={item} isFixed={isFixed || !isLive(item) || item.status === 'served'} />
        </li>
      ))}
    </ul>
  );
}

function ItemLine({ ticket, item, isFixed }: { ticket: Ticket; item: Item; isFixed: boolean }) {
  const display = useDisplay();
  const classes = ['item', isStruck(item) && ticket.status !== 'ready' && 'is-struck', !isLive(item) && 'is-cancelled'].filter(Boolean).join(' ');
  const content = (
    <>
      <span class="item-quantity">{item.quantity}×</span>
      <span class="item-name">
        <bdi>{item.name}</bdi>
      </span>
      {isLive(item) ? null : <span class="item-cancelled">{t('lineCancelled')}</span>}
      {item.note ? (
        <span class="item-note">
          <bdi>{item.note}</bdi>
        </span>
      ) : null}
    </>
  );
  if (isFixed) return <div class={classes}>{content}</div>;
  const kind = isStruck(item) ? 'unstrike' : 'strike';
  return (
    <button
      type="button"
      class={classes}
      aria-pressed={isStruck(item)}
      data-item={item.itemId}
      onClick={() => display.act(kind, ticket, { itemId: item.itemId })}
    >
      {content}
    </button>
  );
}
