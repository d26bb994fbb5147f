// Drafts of orders: they survive a switch to another table, a log-in, and a reload.

import { signal } from '@preact/signals';
import { readJson, tabStore } from '../base/storage';
import type { OrderLine } from './actions';

export interface Draft {
  items: OrderLine[];
  note: string;
}

const KEY = 'orderpush.waiter.drafts';
const DRAFTS_MAX = 50;
const QUANTITY_MAX = 99;
type Drafts = Record<string, Draft>;

function isDrafts(value: unknown): value is Drafts {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((draft) => Array.isArray((draft as Draft).items) && typeof (draft as Draft).note === 'string');
}

const drafts = signal<Drafts>(readJson(tabStore, KEY, isDrafts) ?? {});
const EMPTY: Draft = { items: [], note: '' };

function save(next: Drafts): void {
  drafts.value = Object.fromEntries(Object.entries(next).slice(-DRAFTS_MAX));
  tabStore.set(KEY, JSON.stringify(drafts.value));
}

/** Of a session. */
export const draftOf = (sessionId: string): Draft => drafts.value[sessionId] ?? EMPTY;

export const quantityOf = (sessionId: string, menuItemId: string): number =>
  draftOf(sessionId).items.find((item) => item.menuItemId === menuItemId)?.quantity ?? 0;

export function setQuantity(sessionId: string, menuItemId: string, quantity: number): void {
  const draft = draftOf(sessionId);
  const known = draft.items.find((item) => item.menuItemId === menuItemId);
  const wanted = { ...known, menuItemId, quantity: Math.min(quantity, QUANTITY_MAX) };
  const others = draft.items.filter((item) => item !== known);
  const items = quantity <= 0 ? others : known ? draft.items.map((item) => (item === known ? wanted : item)) : [...others, wanted];
  save({ ...drafts.value, [sessionId]: { ...draft, items } });
}

export function setItemNote(sessionId: string, menuItemId: string, text: string): void {
  const draft = draftOf(sessionId);
  const items = draft.items.map(({ note: _, ...item }) => {
    const note = item.menuItemId === menuItemId ? text : _;
    return note === undefined || note === '' ? item : { ...item, note };
  });
  save({ ...drafts.value, [sessionId]: { ...draft, items } });
}

export function setNote(sessionId: string, note: string): void {
  save({ ...drafts.value, [sessionId]: { ...draftOf(sessionId), note } });
}

/** A refused order becomes a draft again to be corrected, unless there is another one. */
export function restoreDraft(sessionId: string, draft: Draft): void {
  if (draftOf(sessionId) === EMPTY) save({ ...drafts.value, [sessionId]: draft });
}

export function dropDraft(sessionId: string): void {
  const { [sessionId]: _, ...others } = drafts.value;
  save(others);
}
