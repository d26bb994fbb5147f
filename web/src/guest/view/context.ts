// What the views share: the visit around them, where the guest is on the page, and what is said aloud.

import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Visit } from '../visit';

export const TABS = ['menu', 'orders', 'bill'] as const;
export type Tab = (typeof TABS)[number];

/** What lies over the page. */
export type Sheet = { kind: 'cart' } | { kind: 'settings' } | { kind: 'dish'; dishId: string } | { kind: 'cancel'; orderId: string };

export const tab = signal<Tab>('menu');
export const sheet = signal<Sheet | undefined>(undefined);
/** Read out by screen readers. */
export const said = signal('');

export const closeSheet = (): void => void (sheet.value = undefined);

/** Room for the cart beside the page. */
const wide = window.matchMedia('(min-width: 60rem)');
export const isWide = signal(wide.matches);
wide.addEventListener('change', ({ matches }) => (isWide.value = matches));

const VisitContext = createContext<Visit | undefined>(undefined);
export const VisitProvider = VisitContext.Provider;

export function useVisit(): Visit {
  const visit = useContext(VisitContext);
  if (!visit) throw new Error('no visit around this view');
  return visit;
}
