// One ticket as a cook reads it: which table, since when, what to make; then what to do with it.

import { useComputed } from '@preact/signals';
import { memo } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { elapsed, now } from '../../base/clock';
import { nextAction, otherActions, sideAction, type TicketActionKind } from '../actions';
import { ageLevel } from '../age';
import type { Shown } from '../arrange';
import type { Change } from '../board';
import { TICKET_STATUS_LABELS, t } from '../messages';
import { preferences } from '../preferences';
import { tableParts, type Ticket } from '../ticket';
import { chosenId, panel, perform, useDisplay } from './context';
import { ItemList } from './item_list';
import './ticket_card.css';

export function TicketCard({ shown }: { shown: Shown }) {
  const { ticket, isGone, isWaiting, changes } = shown;
  const display = useDisplay();
  const card = useRef<HTMLElement>(null);
  const isChosen = chosenId.value === ticket.id;
  useEffect(() => (card.current ? display.visibility.watch(card.current) : undefined), [display]);
  useEffect(() => {
    if (isChosen) card.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  const level = useComputed(() => ageLevel(now.value - Date.parse(ticket.createdAt), display.thresholds.value)).value;
  const classes = ['ticket', `age-${level}`, isChosen && 'is-chosen', isGone && 'is-gone', isWaiting && 'is-waiting'];
  return (
    <article
      ref={card}
      class={classes.filter(Boolean).join(' ')}
      data-ticket={ticket.id}
      data-order={ticket.orderId}
      data-status={ticket.status}
      aria-labelledby={`head-${ticket.id}`}
      onPointerDown={() => (chosenId.value = ticket.id)}
    >
      <TicketHead ticket={ticket} position={shown.position} />
      <Flags ticket={ticket} changes={changes} isGone={isGone} />
      <ItemList ticket={ticket} isGone={isGone} />
      {ticket.orderNote ? <p class="order-note">{t('orderNote', { note: ticket.orderNote })}</p> : null}
      {isGone ? null : <Buttons ticket={ticket} />}
    </article>
  );
}

/** Characters of a table's name that stand beside the age of its ticket. */
const LONG_NAME = 7;

function TicketHead({ ticket, position }: { ticket: Ticket; position: number }) {
  const { area, table } = tableParts(ticket);
  return (
    <header class="ticket-head" id={`head-${ticket.id}`}>
      <span class="ticket-position" aria-hidden="true">
        {position}
      </span>
      <h3 class={`ticket-table ${table.length > LONG_NAME ? 'is-long' : ''}`}>
        <bdi>{table}</bdi>
      </h3>
      <Age since={ticket.createdAt} />
      <span class="ticket-order">
        <span aria-hidden="true">#{ticket.orderNumber}</span>
        <span class="visually-hidden">{t('order', { number: ticket.orderNumber })}</span>
        <Part text={area} />
        <Part text={ticket.customerName} />
        {preferences.value.layout === 'station' ? ` · ${t(TICKET_STATUS_LABELS[ticket.status])}` : ''}
        <Part text={preferences.value.layout === 'status' ? ticket.stationName : undefined} />
        {ticket.chefName ? ` · ${t('chef', { name: ticket.chefName })}` : ''}
      </span>
    </header>
  );
}

/** One of several beside each other. */
function Part({ text }: { text: string | undefined }) {
  return text ? (
    <>
      {' · '}
      <bdi>{text}</bdi>
    </>
  ) : null;
}

function Age({ since }: { since: string }) {
  const time = elapsed(now.value - Date.parse(since));
  return (
    <span class="ticket-age" aria-label={t('age', { time })} role="timer" aria-live="off">
      {time}
    </span>
  );
}

/** What is special about this ticket, as text. */
function Flags({ ticket, changes, isGone }: { ticket: Ticket; changes: readonly Change[]; isGone: boolean }) {
  const display = useDisplay();
  return (
    <>
      {ticket.isHeld ? <p class="flag flag-held">{t('held')}</p> : null}
      {ticket.priority === 'normal' ? null : <p class="flag flag-rush">{t(ticket.priority)}</p>}
      {changes.length > 0 ? (
        <div class={`changes ${isGone ? 'changes-gone' : ''}`}>
          <div>
            {changes.map((change) => (
              <p key={change.kind + (change.itemId ?? '')}>{changeText(ticket, change)}</p>
            ))}
          </div>
          <button type="button" onClick={() => display.confirm(ticket.id)}>
            {t('confirm')}
          </button>
        </div>
      ) : null}
      {ticket.cancelRequest && !isGone ? <CancelRequest ticket={ticket} /> : null}
    </>
  );
}

function changeText(ticket: Ticket, { kind, itemId }: Change): string {
  const name = ticket.items.find((item) => item.itemId === itemId)?.name ?? '';
  switch (kind) {
    case 'added':
      return t('changeAdded');
    case 'itemCancelled':
      return t('changeItemCancelled', { name });
    case 'orderCancelled':
      return t('changeOrderCancelled');
    case 'moved':
      return t('changeMoved', { station: ticket.stationName ?? '' });
    case 'recalled':
      return t('changeRecalled');
  }
}

function CancelRequest({ ticket }: { ticket: Ticket }) {
  const display = useDisplay();
  return (
    <div class="cancel-request" role="group" aria-label={t('cancelAsked')}>
      <p>
        <strong>{t('cancelAsked')}</strong> <bdi>{ticket.cancelRequest?.reason}</bdi>
      </p>
      <button type="button" onClick={() => perform(display, 'accept', ticket)}>
        {t('accept')}
      </button>
      <button type="button" onClick={() => perform(display, 'reject', ticket)}>
        {t('reject')}
      </button>
    </div>
  );
}

function Buttons({ ticket }: { ticket: Ticket }) {
  const next = nextAction(ticket);
  const side = sideAction(ticket);
  const label = t('actionOn', { action: t('more'), table: tableParts(ticket).table, number: ticket.orderNumber });
  return (
    <footer class="ticket-buttons">
      {next ? <ActionButton kind={next} ticket={ticket} isPrimary /> : null}
      {side ? <ActionButton kind={side} ticket={ticket} /> : null}
      {otherActions(ticket).length > 0 ? (
        <button type="button" class="more" aria-label={label} onClick={() => (panel.value = { kind: 'more', ticketId: ticket.id })}>
          ⋯
        </button>
      ) : null}
    </footer>
  );
}

export const ActionButton = memo(function ActionButton(props: { kind: TicketActionKind; ticket: Ticket; isPrimary?: boolean }) {
  const { kind, ticket, isPrimary } = props;
  const display = useDisplay();
  const action = t(kind);
  const label = t('actionOn', { action, table: tableParts(ticket).table, number: ticket.orderNumber });
  return (
    <button
      type="button"
      class={isPrimary ? 'primary' : ''}
      data-action={kind}
      aria-label={label}
      onClick={() => perform(display, kind, ticket)}
    >
      {action}
    </button>
  );
});
