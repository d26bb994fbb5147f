import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { locale } from '../../base/i18n';
import { money } from '../../base/money';
import type { ShownTable } from '../table_status';
import type { FloorStore } from '../floor_store';

/** What is done about a table beside looking at it. */
export type Task = { kind: 'overview' } | { kind: 'pay' } | { kind: 'close' } | { kind: 'place' } | { kind: 'cancel'; orderId: string };

/** The table that is opened over the floor. */
export const opened = signal<{ tableId: string; task: Task } | undefined>(undefined);
export const isSettingsOpen = signal(false);

export const openTable = (tableId: string, task: Task = { kind: 'overview' }): void => void (opened.value = { tableId, task });

const FloorStoreContext = createContext<FloorStore | undefined>(undefined);
export const FloorStoreProvider = FloorStoreContext.Provider;

export function useFloorStore(): FloorStore {
  const store = useContext(FloorStoreContext);
  if (!store) throw new Error('no floor store around this view');
  return store;
}

/** Writes amounts of the branch. */
export function useMoney(): (minor: number) => string {
  const { currency } = useFloorStore().floor.value;
  return (minor) => (currency === '' ? '' : money(minor, currency, locale.value));
}

export function findTable(store: FloorStore, tableId: string): ShownTable | undefined {
  return store.areas.value.flatMap(({ tables }) => tables).find(({ table }) => table.id === tableId);
}
