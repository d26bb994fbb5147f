import { createContext, type Provider } from 'preact';
import { useContext } from 'preact/hooks';

/** A context without a default: its provider, and the hook, which throws outside of the provider. */
export function requiredContext<T>(name: string): [Provider<T | undefined>, () => T] {
  const context = createContext<T | undefined>(undefined);
  const use = (): T => {
    const value = useContext(context);
    if (value === undefined) throw new Error(`no ${name} around this view`);
    return value;
  };
  return [context.Provider, use];
}
