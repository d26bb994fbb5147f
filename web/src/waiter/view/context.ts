import { signal } from '@preact/signals';
import { requiredContext } from '../../base/ui/required_context';
import { formatMoney } from '../../base/format';
import type { ShownTable } from '../table_status';
import type { FloorStore } from '../floor_store';

/** What is done about a table beside looking at it. */
export type Task = { kind: 'overview' } | { kind: 'pay' } | { kind: 'close' } | { kind: 'place' } | { kind: 'cancel'; orderId: string };

/** The table that is opened over the floor. */
export const opened = signal<{ tableId: string; task: Task } | undefined>(undefined);
export const isSettingsOpen = signal(false);

export const openTable = (tableId: string, task: Task = { kind: 'overview' }): void => void (opened.value = { tableId, task });

export const [FloorStoreProvider, useFloorStore] = requiredContext<FloorStore>('floor store');

/** Writes amounts of the branch. */
export function useMoney(): (minor: number) => string {
  const { currency } = useFloorStore().floor.value;
  return (minor) => (currency === '' ? '' : formatMoney(minor, currency));
}

export function findTable(store: FloorStore, tableId: string): ShownTable | undefined {
  return store.areas.value.flatMap(({ tables }) => tables).find(({ table }) => table.id === tableId);
}
