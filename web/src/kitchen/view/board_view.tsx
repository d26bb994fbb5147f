import type { ReadonlySignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Column } from '../arrange';
import { t } from '../messages';
import { preferences } from '../preferences';
import { turnPage, useBoardLayout, type Hidden, type HiddenCards } from './board_layout';
import './board_view.css';
import { useDisplay } from './context';
import { TicketCard } from './ticket_card';

const COLUMN_LABELS = { new: 'columnNew', preparing: 'columnPreparing', ready: 'columnReady', none: 'columnNone' } as const;
/** Nobody chose a size: letters may shrink in a rush. */
const USUAL_SIZE = 100;

export function BoardView() {
  const display = useDisplay();
  if (!display.isLoaded.value) {
    return <main class="board-empty">{display.feed.state.value === 'offline' ? t('unreachable') : t('loading')}</main>;
  }
  return <Board columns={display.columns.value} />;
}

function Board({ columns }: { columns: readonly Column[] }) {
  const board = useRef<HTMLElement>(null);
  const { isAllDayShown, textSize } = preferences.value;
  const hidden = useBoardLayout(board, [columns, isAllDayShown, textSize], textSize === USUAL_SIZE);
  const ofBoard = hidden.value.get('');
  return (
    <>
      <main ref={board} class="board">
        {columns.map((column) => (
          <ColumnView key={column.key} column={column} hidden={hidden} />
        ))}
        {isAllDayShown ? <AllDay /> : null}
      </main>
      {ofBoard ? <PageBar hidden={ofBoard} onTurn={(direction) => turnPage(board.current, direction, false)} /> : null}
    </>
  );
}

function ColumnView({ column: { key, name, tickets }, hidden }: { column: Column; hidden: ReadonlySignal<HiddenCards> }) {
  const list = useRef<HTMLDivElement>(null);
  const ofColumn = hidden.value.get(key);
  const title = name === undefined ? t(COLUMN_LABELS[key as keyof typeof COLUMN_LABELS]) : <bdi>{name}</bdi>;
  return (
    <section class="column" data-column={key} aria-labelledby={`column-${key}`}>
      <h2 id={`column-${key}`}>
        {title} <span class="count-pill">{tickets.length}</span>
      </h2>
      <div ref={list} class="tickets" tabIndex={-1}>
        {tickets.length === 0 ? <p class="column-empty">{t('empty')}</p> : null}
        <div class="lanes">
          {tickets.map((shown) => (
            <TicketCard key={shown.ticket.id} shown={shown} />
          ))}
        </div>
      </div>
      {ofColumn ? <PageBar hidden={ofColumn} onTurn={(direction) => turnPage(list.current, direction, true)} /> : null}
    </section>
  );
}

/** What is out of sight, and the way there: nobody scrolls a wall display by chance. */
function PageBar({ hidden: { above, below }, onTurn }: { hidden: Hidden; onTurn: (direction: 1 | -1) => void }) {
  return (
    <div class="page-bar">
      {above > 0 ? (
        <button type="button" class="above" onClick={() => onTurn(-1)}>
          ▲ {t('above', { count: above })}
        </button>
      ) : null}
      {below > 0 ? (
        <button type="button" class="below" onClick={() => onTurn(1)}>
          ▼ {t('below', { count: below })}
        </button>
      ) : null}
    </div>
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
            <b>{quantity}</b> <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </aside>
  );
}
