import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { OpsStore } from '../ops_store';

const context = createContext<OpsStore | undefined>(undefined);
export const OpsStoreProvider = context.Provider;

/** Only below DeskProvider. */
export function useOpsStore(): OpsStore {
  const store = useContext(context);
  if (!store) throw new Error('no ops store around this view');
  return store;
}
