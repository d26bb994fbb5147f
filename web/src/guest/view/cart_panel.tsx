import { isolated } from '../../base/bidi';
import { formatTime } from '../../base/format';
import { NOTE_MAX, QUANTITY_MAX, type PricedLine } from '../cart';
import { rateOf, t } from '../messages';
import { useGuestSession, useMoney } from './context';
import { Notice } from './notices';
import { Stepper } from './stepper';
import './cart_panel.css';

/** What is chosen, what it comes to, and the button that orders it. */
export function CartPanel() {
  const session = useGuestSession();
  const { lines } = session.priced.value;
  if (lines.length === 0) return <Notice mark="◌" title={t('cartEmptyTitle')} text={t('cartEmptyText')} />;
  return (
    <form
      class="cart"
      onSubmit={(event) => {
        event.preventDefault();
        session.placeOrder();
      }}
    >
      <fieldset disabled={session.placing.value !== undefined}>
        <ul class="cart-lines">
          {lines.map((line) => (
            <CartLineRow key={line.id} line={line} />
          ))}
        </ul>
        <label class="field">
          {t('orderNote')}
          <textarea
            rows={2}
            dir="auto"
            maxLength={NOTE_MAX}
            placeholder={t('orderNotePlaceholder')}
            value={session.cart.cart.value.note}
            onInput={({ currentTarget }) => session.cart.setNote(currentTarget.value)}
          />
        </label>
      </fieldset>
      <Totals />
      <PlaceButton />
    </form>
  );
}

function CartLineRow({ line }: { line: PricedLine }) {
  const session = useGuestSession();
  const amount = useMoney();
  const remove = () => session.cart.setQuantity(line.id, 0);
  return (
    <li class="cart-line" data-line={line.menuItemId} data-had={line.state}>
      <div class="cart-line-head">
        <span class="cart-line-name">
          <bdi>{line.name}</bdi>
        </span>
        <span class="cart-line-price">{line.state === 'available' ? amount(line.priceNow * line.quantity) : ''}</span>
      </div>
      {line.state === 'available' ? null : <span class="tag">{line.state === 'gone' ? t('gone') : t('soldOut')}</span>}
      {line.state === 'available' && line.priceNow !== line.price ? (
        <span class="tag tag-quiet">{t('priceChanged', { price: amount(line.price * line.quantity) })}</span>
      ) : null}
      <div class="cart-line-foot">
        {line.state === 'available' ? (
          <input
            class="wish"
            type="text"
            dir="auto"
            aria-label={`${isolated(line.name)}: ${t('itemNote')}`}
            placeholder={t('itemNoteAdd')}
            maxLength={NOTE_MAX}
            value={line.note}
            onInput={({ currentTarget }) => session.cart.setLineNote(line.id, currentTarget.value)}
          />
        ) : (
          <button type="button" aria-label={t('removeDish', { name: line.name })} onClick={remove}>
            {t('remove')}
          </button>
        )}
        {line.state === 'available' ? (
          <Stepper
            name={line.name}
            quantity={line.quantity}
            max={QUANTITY_MAX}
            disabled={session.placing.value !== undefined}
            onChange={(to) => session.cart.setQuantity(line.id, to)}
          />
        ) : null}
      </div>
    </li>
  );
}

function Totals() {
  const { menu, priced } = useGuestSession();
  const amount = useMoney();
  if (!menu.value) return null;
  const { taxRateBp } = menu.value;
  const { subtotal, total } = priced.value;
  return (
    <dl class="totals">
      {total === subtotal ? null : (
        <>
          <div>
            <dt>{t('subtotal')}</dt>
            <dd>{amount(subtotal)}</dd>
          </div>
          <div>
            <dt>{t('tax', { rate: rateOf(taxRateBp) })}</dt>
            <dd>{amount(total - subtotal)}</dd>
          </div>
        </>
      )}
      <div class="totals-end">
        <dt>{t('total')}</dt>
        <dd>{amount(total)}</dd>
      </div>
    </dl>
  );
}

function PlaceButton() {
  const session = useGuestSession();
  const amount = useMoney();
  const { isBlocked, total } = session.priced.value;
  const stale = session.stale.value;
  if (stale) {
    return (
      <div class="stale" role="alert">
        <h3>{t('staleTitle')}</h3>
        <p>{t('staleText', { time: formatTime(stale.at) })}</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={() => session.requests.renew(stale.key)}>
            {t('staleSend')}
          </button>
          <button type="button" onClick={() => session.requests.remove(stale.key)}>
            {t('staleDrop')}
          </button>
        </div>
      </div>
    );
  }
  const isPlacing = session.placing.value !== undefined;
  const hint = isBlocked ? t('blocked') : isPlacing && session.requests.isStuck.value ? t('placingStuck') : '';
  return (
    <div class="place-order">
      <p class="hint" role="status">
        {hint}
      </p>
      <button type="submit" class="primary place" disabled={isPlacing || isBlocked || !session.menu.value}>
        {isPlacing ? <span class="spinner" aria-hidden="true" /> : null}
        {isPlacing ? t('placing') : t('place', { price: amount(total) })}
      </button>
    </div>
  );
}
