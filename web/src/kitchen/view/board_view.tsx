import type { Column } from '../arrange';
import { t } from '../messages';
import { preferences } from '../preferences';
import { useDisplay } from './context';
import { TicketCard } from './ticket_card';

const STATUS_WORDS = { new: 'columnNew', preparing: 'columnPreparing', ready: 'columnReady', none: 'columnNone' } as const;

function titleOf({ key, name }: Column): string {
  return name ?? t(STATUS_WORDS[key as keyof typeof STATUS_WORDS]);
}

export function BoardView() {
  const display = useDisplay();
  const { layout, isAllDayShown } = preferences.value;
  if (!display.isLoaded.value) return <main class="board-empty">{t('loading')}</main>;
  return (
    <main class={`board board-${layout}`}>
      {display.columns.value.map((column) => (
        <section key={column.key} class="column" data-column={column.key} aria-labelledby={`column-${column.key}`}>
          <h2 id={`column-${column.key}`}>
            {titleOf(column)} <span class="column-count">{column.tickets.length}</span>
          </h2>
          <div class="tickets" tabIndex={-1}>
            {column.tickets.length === 0 ? <p class="column-empty">{t('empty')}</p> : null}
            {column.tickets.map((shown) => (
              <TicketCard key={shown.ticket.id} shown={shown} />
            ))}
          </div>
        </section>
      ))}
      {isAllDayShown ? <AllDay /> : null}
    </main>
  );
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
