import { useSignal } from '@preact/signals';
import { isolated } from '../../base/bidi';
import { formatMoney } from '../../base/format';
import { Dialog } from '../../base/ui/dialog';
import { NOTE_MAX, QUANTITY_MAX } from '../cart';
import { t } from '../messages';
import { closeSheet, useGuestSession } from './context';
import { addToCart } from './menu_view';
import { Stepper } from './stepper';
import './sheets.css';

/** One dish: quantity and note. */
export function DishSheet({ dishId }: { dishId: string }) {
  const session = useGuestSession();
  const quantity = useSignal(1);
  const note = useSignal('');
  const menu = session.menu.value;
  const dish = menu?.items.find(({ id }) => id === dishId);
  if (!menu || !dish) return null;
  const isLocked = session.placing.value !== undefined || !dish.available;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    addToCart(session, dish, quantity.value, note.value.trim());
    closeSheet();
  };
  return (
    <Dialog title={isolated(dish.name)} onClose={closeSheet} class="sheet">
      <form class="dish-sheet" onSubmit={submit}>
        <p class="dish-sheet-price">
          {formatMoney(dish.price, menu.currency)}
          {dish.available ? null : <span class="tag">{t('soldOut')}</span>}
        </p>
        <label class="field">
          {t('itemNote')}
          <textarea
            rows={2}
            dir="auto"
            maxLength={NOTE_MAX}
            placeholder={t('itemNotePlaceholder')}
            value={note.value}
            onInput={({ currentTarget }) => (note.value = currentTarget.value)}
          />
        </label>
        <div class="dish-sheet-end">
          <Stepper name={dish.name} quantity={quantity.value} min={1} max={QUANTITY_MAX} onChange={(to) => (quantity.value = to)} />
          <button type="submit" class="primary" disabled={isLocked}>
            {t('addFor', { price: formatMoney(dish.price * quantity.value, menu.currency) })}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
