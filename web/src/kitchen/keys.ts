// Keyboards and bump bars: a bump bar sends the keys of a keyboard, and is set up once to send these.

import type { ActionKind } from './actions';

export type KeyCommand =
  | { kind: 'choose'; position: number }
  | { kind: 'move'; by: number }
  | { kind: 'act'; action: ActionKind }
  | { kind: 'answer'; action: 'accept' | 'reject' }
  | { kind: 'next' | 'recallLast' | 'holdOrFire' | 'confirm' | 'allDay' | 'list' | 'help' };

const COMMANDS: Record<string, KeyCommand> = {
  arrowright: { kind: 'move', by: 1 },
  arrowdown: { kind: 'move', by: 1 },
  arrowleft: { kind: 'move', by: -1 },
  arrowup: { kind: 'move', by: -1 },
  enter: { kind: 'next' },
  ' ': { kind: 'next' },
  b: { kind: 'act', action: 'bump' },
  delete: { kind: 'act', action: 'bump' },
  u: { kind: 'act', action: 'rush' },
  t: { kind: 'act', action: 'acknowledge' },
  h: { kind: 'holdOrFire' },
  r: { kind: 'recallLast' },
  backspace: { kind: 'recallLast' },
  y: { kind: 'answer', action: 'accept' },
  n: { kind: 'answer', action: 'reject' },
  c: { kind: 'confirm' },
  a: { kind: 'allDay' },
  l: { kind: 'list' },
  '?': { kind: 'help' },
};

/** Keys, and the message that explains them. */
export const KEY_HELP = [
  [['1', '…', '9', '0'], 'keyChoose'],
  [['←', '→', '↑', '↓'], 'keyMove'],
  [['Enter'], 'keyNext'],
  [['B', 'Del'], 'keyBump'],
  [['R', '⌫'], 'keyRecallLast'],
  [['H'], 'keyHold'],
  [['U'], 'keyRush'],
  [['T'], 'keyAcknowledge'],
  [['Y', 'N'], 'keyAnswer'],
  [['C'], 'keyConfirm'],
  [['A'], 'keyAllDay'],
  [['L'], 'keyList'],
  [['?'], 'keyHelp'],
] as const;

/** Nothing for a key that means nothing here, or that a control or the browser is meant to get. */
export function commandOf(event: KeyboardEvent): KeyCommand | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return undefined;
  const isConfirming = event.key === 'Enter' || event.key === ' ';
  if (event.target instanceof Element) {
    if (event.target.closest('input, textarea, select, dialog')) return undefined;
    if (isConfirming && event.target.closest('button, a')) return undefined;
  }
  if (/^[0-9]$/.test(event.key)) return { kind: 'choose', position: Number(event.key) || 10 };
  // Held down, a key would do to the next ticket what was meant for one.
  const command = COMMANDS[event.key.toLowerCase()];
  return event.repeat && command?.kind !== 'move' ? undefined : command;
}
