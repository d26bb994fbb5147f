// An order taken at the table. The draft stays until it is sent, whatever view is opened meanwhile.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { draftOf, dropDraft, quantityOf, setItemNote, setNote, setQuantity } from '../drafts';
import type { OfferedItem } from '../menu';
import { t } from '../messages';
import type { ShownTable } from '../table_status';
import { openTable, useMoney, useFloorStore } from './context';
import './forms.css';
import './place_form.css';

const TEXT_MAX = 500;

export function PlaceForm({ shown: { table }, sessionId }: { shown: ShownTable; sessionId: string }) {
  const store = useFloorStore();
  const { menu } = store;
  const search = useSignal('');
  useEffect(() => void menu.read(), [menu]);
  const draft = draftOf(sessionId);
  const items = menu.items.value;
  const orderable = draft.items.filter(({ menuItemId }) => items?.some(({ id, available }) => id === menuItemId && available));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (orderable.length === 0) return;
    const note = draft.note.trim();
    const isTaken = store.act({ kind: 'place', sessionId, items: orderable, table: table.table, ...(note === '' ? {} : { note }) });
    if (isTaken) dropDraft(sessionId);
    openTable(table.id);
  };
  return (
    <form class="place" onSubmit={submit}>
      <div class="sheet-scroll task">
        <h3>{t('placeTitle', { table: table.table })}</h3>
        {items === undefined ? (
          <MenuMissing />
        ) : (
          <>
            <input
              type="search"
              aria-label={t('menuSearch')}
              placeholder={t('menuSearch')}
              value={search.value}
              onInput={({ currentTarget }) => (search.value = currentTarget.value)}
            />
            <MenuList items={items} search={search.value} sessionId={sessionId} />
            <label>
              {t('orderNote')}
              <textarea
                name="note"
                dir="auto"
                rows={2}
                maxLength={TEXT_MAX}
                value={draft.note}
                onInput={({ currentTarget }) => setNote(sessionId, currentTarget.value)}
              />
            </label>
          </>
        )}
      </div>
      <PlaceButton sessionId={sessionId} />
    </form>
  );
}

function PlaceButton({ sessionId }: { sessionId: string }) {
  const { menu } = useFloorStore();
  const amount = useMoney();
  const price = new Map(menu.items.value?.filter(({ available }) => available).map((item) => [item.id, item.price]));
  const orderable = draftOf(sessionId).items.filter(({ menuItemId }) => price.has(menuItemId));
  const total = orderable.reduce((sum, { menuItemId, quantity }) => sum + (price.get(menuItemId) ?? 0) * quantity, 0);
  return (
    <footer class="bill">
      <button type="submit" class="primary" data-action="confirm-place" disabled={orderable.length === 0}>
        {orderable.length === 0 ? t('placeNothing') : t('place', { amount: amount(total) })}
      </button>
    </footer>
  );
}

function MenuMissing() {
  const { menu } = useFloorStore();
  if (!menu.isMissing.value) return <p aria-busy="true">{t('loading')}</p>;
  return (
    <div class="calm">
      <p>{t('menuMissing')}</p>
      <button type="button" onClick={() => void menu.read()}>
        {t('tryAgain')}
      </button>
    </div>
  );
}

function MenuList({ items, search, sessionId }: { items: readonly OfferedItem[]; search: string; sessionId: string }) {
  const wanted = search.trim().toLocaleLowerCase();
  const found = items.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  if (found.length === 0) return <p class="help">{items.length === 0 ? t('menuEmpty') : t('menuNone')}</p>;
  return (
    <ul class="menu">
      {found.map((item) => (
        <MenuLine key={item.id} item={item} sessionId={sessionId} />
      ))}
    </ul>
  );
}

function MenuLine({ item: { id, name, price, available }, sessionId }: { item: OfferedItem; sessionId: string }) {
  const amount = useMoney();
  const quantity = quantityOf(sessionId, id);
  const isChosen = quantity > 0 && available;
  const note = draftOf(sessionId).items.find(({ menuItemId }) => menuItemId === id)?.note ?? '';
  return (
    <li class={`menu-line ${isChosen ? 'is-chosen' : ''}`} data-menu-item={id}>
      <span class="menu-name">
        <bdi>{name}</bdi>
        <small>{available ? amount(price) : t('soldOut')}</small>
      </span>
      {isChosen ? (
        <>
          <button type="button" aria-label={t('less', { name })} onClick={() => setQuantity(sessionId, id, quantity - 1)}>
            −
          </button>
          <output>{quantity}</output>
        </>
      ) : null}
      <button type="button" aria-label={t('more', { name })} disabled={!available} onClick={() => setQuantity(sessionId, id, quantity + 1)}>
        +
      </button>
      {isChosen ? (
        <input
          class="menu-note"
          dir="auto"
          aria-label={t('itemNote', { name })}
          placeholder={t('itemNote', { name })}
          maxLength={TEXT_MAX}
          value={note}
          onInput={({ currentTarget }) => setItemNote(sessionId, id, currentTarget.value)}
        />
      ) : null}
    </li>
  );
}
