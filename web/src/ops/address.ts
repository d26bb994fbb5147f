// The id of the open order is in the page's address, so that it can be shared.

const PATTERN = /^#order\/([0-9a-f-]{36})$/i;

export const openOrderOf = (hash: string): string | undefined => PATTERN.exec(hash)?.[1];

export function rememberOpenOrder(id: string | undefined): void {
  const hash = id === undefined ? '' : `#order/${id}`;
  // An address whose order is still loading stays as it is.
  if (id === undefined && !shownHashes.has(window.location.hash)) return;
  if (id !== undefined) shownHashes.add(hash);
  if (window.location.hash !== hash) window.history.replaceState(null, '', window.location.pathname + hash);
}

/** Addresses of orders that were shown. */
const shownHashes = new Set<string>();
