import { useRef } from 'preact/hooks';
import type { Column } from '../arrange';
import { t } from '../messages';
import { preferences } from '../preferences';
import './board_view.css';
import { useDisplay } from './context';
import { TicketCard } from './ticket_card';
import { useBelowFold } from './use_below_fold';

const COLUMN_LABELS = { new: 'columnNew', preparing: 'columnPreparing', ready: 'columnReady', none: 'columnNone' } as const;

export function BoardView() {
  const display = useDisplay();
  if (!display.isLoaded.value) return <main class="board-empty">{t('loading')}</main>;
  return (
    <main class="board">
      {display.columns.value.map((column) => (
        <ColumnView key={column.key} column={column} />
      ))}
      {preferences.value.isAllDayShown ? <AllDay /> : null}
    </main>
  );
}

function ColumnView({ column: { key, name, tickets } }: { column: Column }) {
  const list = useRef<HTMLDivElement>(null);
  const below = useBelowFold(list, tickets);
  const title = name ?? t(COLUMN_LABELS[key as keyof typeof COLUMN_LABELS]);
  return (
    <section class="column" data-column={key} data-share={shareOf(tickets.length)} aria-labelledby={`column-${key}`}>
      <h2 id={`column-${key}`}>
        {title} <span class="count-pill">{tickets.length}</span>
      </h2>
      <div ref={list} class="tickets" tabIndex={-1}>
        {tickets.length === 0 ? <p class="column-empty">{t('empty')}</p> : null}
        {tickets.map((shown) => (
          <TicketCard key={shown.ticket.id} shown={shown} />
        ))}
      </div>
      {below > 0 ? (
        <button type="button" class="below" onClick={() => list.current?.scrollBy(0, list.current.clientHeight * 0.8)}>
          ▼ {t('below', { count: below })}
        </button>
      ) : null}
    </section>
  );
}

/** How much of the width a column gets. In a few steps, so that columns seldom move under a cook's hand. */
function shareOf(ticketCount: number): 2 | 3 | 5 {
  if (ticketCount > 8) return 5;
  return ticketCount > 3 ? 3 : 2;
}

/** What is still to be made, over all tickets shown. */
function AllDay() {
  const lines = useDisplay().allDay.value;
  return (
    <aside class="all-day" aria-labelledby="all-day">
      <h2 id="all-day">{t('allDay')}</h2>
      {lines.length === 0 ? <p class="column-empty">{t('allDayEmpty')}</p> : null}
      <ul>
        {lines.map(({ menuItemId, name, quantity }) => (
          <li key={menuItemId}>
            <b>{quantity}</b> {name}
          </li>
        ))}
      </ul>
    </aside>
  );
}
