import { NOTE_MAX, QUANTITY_MAX, type PricedLine } from '../cart';
import { price, rateOf, t, timeOf } from '../messages';
import { useVisit } from './context';
import { Notice } from './notices';
import { Stepper } from './stepper';

/** What is chosen, what it comes to, and the button that orders it. */
export function CartPanel() {
  const visit = useVisit();
  const { lines } = visit.priced.value;
  if (lines.length === 0) return <Notice mark="◌" title={t('cartEmptyTitle')} text={t('cartEmptyText')} />;
  return (
    <form
      class="cart"
      onSubmit={(event) => {
        event.preventDefault();
        visit.placeOrder();
      }}
    >
      <fieldset disabled={visit.placing.value !== undefined}>
        <ul class="cart-lines">
          {lines.map((line) => (
            <CartLineRow key={line.id} line={line} />
          ))}
        </ul>
        <label class="field">
          {t('orderNote')}
          <textarea
            rows={2}
            maxLength={NOTE_MAX}
            placeholder={t('orderNotePlaceholder')}
            value={visit.cart.cart.value.note}
            onInput={({ currentTarget }) => visit.cart.setNote(currentTarget.value)}
          />
        </label>
      </fieldset>
      <Totals />
      <PlaceButton />
    </form>
  );
}

function CartLineRow({ line }: { line: PricedLine }) {
  const visit = useVisit();
  const currency = visit.menu.value?.currency ?? 'EUR';
  const remove = () => visit.cart.setQuantity(line.id, 0);
  return (
    <li class="cart-line" data-line={line.menuItemId} data-had={line.state}>
      <div class="cart-line-head">
        <span class="cart-line-name">{line.name}</span>
        <span class="cart-line-price">{line.state === 'available' ? price(line.priceNow * line.quantity, currency) : ''}</span>
      </div>
      {line.state === 'available' ? null : <span class="tag">{line.state === 'gone' ? t('gone') : t('soldOut')}</span>}
      {line.state === 'available' && line.priceNow !== line.price ? (
        <span class="tag tag-quiet">{t('priceChanged', { price: price(line.price * line.quantity, currency) })}</span>
      ) : null}
      <div class="cart-line-foot">
        {line.state === 'available' ? (
          <input
            class="wish"
            type="text"
            aria-label={`${line.name}: ${t('wish')}`}
            placeholder={t('wishAdd')}
            maxLength={NOTE_MAX}
            value={line.note}
            onInput={({ currentTarget }) => visit.cart.setLineNote(line.id, currentTarget.value)}
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
            disabled={visit.placing.value !== undefined}
            onChange={(to) => visit.cart.setQuantity(line.id, to)}
          />
        ) : null}
      </div>
    </li>
  );
}

function Totals() {
  const { menu, priced } = useVisit();
  if (!menu.value) return null;
  const { currency, taxRateBp } = menu.value;
  const { subtotal, total } = priced.value;
  return (
    <dl class="totals">
      {total === subtotal ? null : (
        <>
          <div>
            <dt>{t('subtotal')}</dt>
            <dd>{price(subtotal, currency)}</dd>
          </div>
          <div>
            <dt>{t('tax', { rate: rateOf(taxRateBp) })}</dt>
            <dd>{price(total - subtotal, currency)}</dd>
          </div>
        </>
      )}
      <div class="totals-end">
        <dt>{t('total')}</dt>
        <dd>{price(total, currency)}</dd>
      </div>
    </dl>
  );
}

function PlaceButton() {
  const visit = useVisit();
  const { isBlocked, total } = visit.priced.value;
  const stale = visit.stale.value;
  if (stale) {
    return (
      <div class="stale" role="alert">
        <h3>{t('staleTitle')}</h3>
        <p>{t('staleText', { time: timeOf(stale.at) })}</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={() => visit.asks.renew(stale.key)}>
            {t('staleSend')}
          </button>
          <button type="button" onClick={() => visit.asks.remove(stale.key)}>
            {t('staleDrop')}
          </button>
        </div>
      </div>
    );
  }
  const isPlacing = visit.placing.value !== undefined;
  const hint = isBlocked ? t('blocked') : isPlacing && visit.asks.isStuck.value ? t('placingStuck') : '';
  return (
    <div class="place-order">
      <p class="hint" role="status">
        {hint}
      </p>
      <button type="submit" class="primary place" disabled={isPlacing || isBlocked || !visit.menu.value}>
        {isPlacing ? <span class="spinner" aria-hidden="true" /> : null}
        {isPlacing ? t('placing') : t('place', { price: price(total, visit.menu.value?.currency ?? 'EUR') })}
      </button>
    </div>
  );
}
