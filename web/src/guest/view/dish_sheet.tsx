import { useSignal } from '@preact/signals';
import { Dialog } from '../../base/ui/dialog';
import { NOTE_MAX, QUANTITY_MAX } from '../cart';
import { price, t } from '../messages';
import { closeSheet, useVisit } from './context';
import { addToCart } from './menu_view';
import { Stepper } from './stepper';

/** One dish: how many, and with which wish. */
export function DishSheet({ dishId }: { dishId: string }) {
  const visit = useVisit();
  const quantity = useSignal(1);
  const wish = useSignal('');
  const menu = visit.menu.value;
  const dish = menu?.items.find(({ id }) => id === dishId);
  if (!menu || !dish) return null;
  const isLocked = visit.placing.value !== undefined || !dish.available;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    addToCart(visit, dish, quantity.value, wish.value.trim());
    closeSheet();
  };
  return (
    <Dialog title={dish.name} onClose={closeSheet} class="sheet">
      <form class="dish-sheet" onSubmit={submit}>
        <p class="dish-sheet-price">
          {price(dish.price, menu.currency)}
          {dish.available ? null : <span class="tag">{t('soldOut')}</span>}
        </p>
        <label class="field">
          {t('wish')}
          <textarea
            rows={2}
            maxLength={NOTE_MAX}
            placeholder={t('wishPlaceholder')}
            value={wish.value}
            onInput={({ currentTarget }) => (wish.value = currentTarget.value)}
          />
        </label>
        <div class="dish-sheet-end">
          <Stepper name={dish.name} quantity={quantity.value} min={1} max={QUANTITY_MAX} onChange={(to) => (quantity.value = to)} />
          <button type="submit" class="primary" disabled={isLocked}>
            {t('addFor', { price: price(dish.price * quantity.value, menu.currency) })}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
