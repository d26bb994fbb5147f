// What the views share: the session, the open tab and sheet, and the announcement.

import { signal } from '@preact/signals';
import { formatMoney } from '../../base/format';
import { requiredContext } from '../../base/ui/required_context';
import type { GuestSession } from '../guest_session';

export const TABS = ['menu', 'orders', 'bill'] as const;
export type Tab = (typeof TABS)[number];

/** What lies over the page. */
export type Sheet = { kind: 'cart' } | { kind: 'settings' } | { kind: 'dish'; dishId: string } | { kind: 'cancel'; orderId: string };

export const tab = signal<Tab>('menu');
export const sheet = signal<Sheet | undefined>(undefined);
/** For screen readers: the text of a live region. */
export const announcement = signal('');

export const closeSheet = (): void => void (sheet.value = undefined);

/** Room for the cart beside the page. */
const wide = window.matchMedia('(min-width: 60rem)');
export const isWide = signal(wide.matches);
wide.addEventListener('change', ({ matches }) => (isWide.value = matches));

export const [SessionProvider, useGuestSession] = requiredContext<GuestSession>('guest session');

/** Writes amounts in the currency of the menu; nothing until that is known. */
export function useMoney(): (minor: number) => string {
  const currency = useGuestSession().menu.value?.currency;
  return (minor) => (currency === undefined ? '' : formatMoney(minor, currency));
}
