import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Desk } from '../desk';

const context = createContext<Desk | undefined>(undefined);
export const DeskProvider = context.Provider;

/** Only below DeskProvider. */
export function useDesk(): Desk {
  const desk = useContext(context);
  if (!desk) throw new Error('there is no desk');
  return desk;
}
