import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { locale } from '../../base/i18n';
import { money } from '../../base/money';
import type { ShownTable } from '../stage';
import type { Tablet } from '../tablet';

/** What is done about a table beside looking at it. */
export type Task = { kind: 'look' } | { kind: 'pay' } | { kind: 'close' } | { kind: 'place' } | { kind: 'cancel'; orderId: string };

/** The table that is opened over the floor. */
export const opened = signal<{ tableId: string; task: Task } | undefined>(undefined);
export const isSettingsOpen = signal(false);

export const openTable = (tableId: string, task: Task = { kind: 'look' }): void => void (opened.value = { tableId, task });

const TabletContext = createContext<Tablet | undefined>(undefined);
export const TabletProvider = TabletContext.Provider;

export function useTablet(): Tablet {
  const tablet = useContext(TabletContext);
  if (!tablet) throw new Error('no tablet around this view');
  return tablet;
}

/** Writes amounts of the branch. */
export function useMoney(): (minor: number) => string {
  const { currency } = useTablet().floor.value;
  return (minor) => (currency === '' ? '' : money(minor, currency, locale.value));
}

export function findTable(tablet: Tablet, tableId: string): ShownTable | undefined {
  return tablet.areas.value.flatMap(({ tables }) => tables).find(({ table }) => table.id === tableId);
}
