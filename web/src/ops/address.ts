// The order that is open stands in the page's address, so that it can be passed on. Nothing else does.

const PATTERN = /^#order\/([0-9a-f-]{36})$/i;

export const openOrderOf = (hash: string): string | undefined => PATTERN.exec(hash)?.[1];

export function rememberOpenOrder(id: string | undefined): void {
  const hash = id === undefined ? '' : `#order/${id}`;
  // A story that is not there yet leaves the address that asked for it.
  if (id === undefined && !asked.has(window.location.hash)) return;
  if (id !== undefined) asked.add(hash);
  if (window.location.hash !== hash) window.history.replaceState(null, '', window.location.pathname + hash);
}

/** Addresses of orders that were shown. */
const asked = new Set<string>();
