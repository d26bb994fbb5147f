import { signal } from '@preact/signals';
import { requiredContext } from '../../base/ui/required_context';
import type { ActionKind } from '../actions';
import type { Display } from '../display';
import type { Ticket } from '../ticket';

/** The dialog that is open over the board. */
export type Panel = { kind: 'settings' } | { kind: 'recall' } | { kind: 'more'; ticketId: string } | { kind: 'reject'; ticket: Ticket };

export const panel = signal<Panel | undefined>(undefined);
/** The ticket that keys mean. */
export const chosenId = signal<string | undefined>(undefined);

export const [DisplayProvider, useDisplay] = requiredContext<Display>('display');

/** A rejection needs a reason first; all else is done at once. */
export function perform(display: Display, kind: ActionKind, ticket: Ticket): void {
  if (kind === 'reject') panel.value = { kind: 'reject', ticket };
  else display.act(kind, ticket);
}
