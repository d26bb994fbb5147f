// What keys do: they mean the chosen ticket.

import { mayDo, nextAction, type ActionKind } from '../actions';
import type { Shown } from '../arrange';
import type { Display } from '../display';
import { commandOf, type KeyCommand } from '../keys';
import { prefer, preferences } from '../preferences';
import { chosenId, panel, perform } from './context';

/** Listens until the returned function is called. */
export function listenToKeys(display: Display): () => void {
  const onKey = (event: KeyboardEvent) => {
    const command = panel.value ? undefined : commandOf(event);
    if (!command) return;
    event.preventDefault();
    runCommand(display, command);
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

function runCommand(display: Display, command: KeyCommand): void {
  const shown = display.columns.value.flatMap(({ tickets }) => tickets);
  const chosen = shown.find(({ ticket }) => ticket.id === chosenId.value);
  switch (command.kind) {
    case 'choose':
      return choose(display, shown, chosen, command.position);
    case 'move':
      return move(shown, chosen, command.by);
    case 'recallLast': {
      const [last] = display.board.value.done;
      if (!last) return;
      display.act('recall', last);
      chosenId.value = last.id;
      return;
    }
    case 'allDay':
      return prefer({ isAllDayShown: !preferences.value.isAllDayShown });
    case 'list':
      return void (panel.value = { kind: 'recall' });
    case 'help':
      return void (panel.value = { kind: 'settings' });
    case 'answer':
      return chosen?.ticket.cancelRequest && perform(display, command.action, chosen.ticket);
    case 'confirm':
      return chosen && display.confirm(chosen.ticket.id);
    default:
      return act(display, shown, chosen, command);
  }
}

function choose(display: Display, shown: Shown[], chosen: Shown | undefined, position: number): void {
  const meant = shown.find((one) => one.position === position);
  if (meant && meant === chosen) return act(display, shown, chosen, { kind: 'next' });
  if (meant) chosenId.value = meant.ticket.id;
}

function move(shown: Shown[], chosen: Shown | undefined, by: number): void {
  const at = chosen ? shown.indexOf(chosen) + by : 0;
  const meant = shown[Math.min(Math.max(at, 0), shown.length - 1)];
  if (meant) chosenId.value = meant.ticket.id;
}

function act(display: Display, shown: Shown[], chosen: Shown | undefined, command: KeyCommand): void {
  if (!chosen) return;
  if (chosen.isGone) return display.confirm(chosen.ticket.id);
  const action = actionOf(chosen, command);
  if (!action) return;
  display.act(action, chosen.ticket);
  // The ticket leaves its place: the one behind it moves up, and is meant next.
  const isLeaving = action === 'bump';
  if (isLeaving) chosenId.value = shown[shown.indexOf(chosen) + 1]?.ticket.id ?? shown[shown.indexOf(chosen) - 1]?.ticket.id;
}

function actionOf({ ticket }: Shown, command: KeyCommand): ActionKind | undefined {
  if (command.kind === 'next') return nextAction(ticket);
  if (command.kind === 'holdOrFire') return ticket.isHeld ? 'fire' : possible(ticket, 'hold');
  return command.kind === 'act' ? possible(ticket, command.action) : undefined;
}

function possible(ticket: Shown['ticket'], action: ActionKind): ActionKind | undefined {
  return mayDo(ticket, action) ? action : undefined;
}
