// How every page begins.

import { render, type VNode } from 'preact';
import { startMessages, type Loaders } from './i18n';
import { keepOffline } from './offline_page';

/** `path`: the page's address, under which it is kept for a reload without a network. `begin` is called with its texts read. */
export function startPage(path: string, loaders: Loaders, begin: () => VNode): void {
  // Not awaited at the top of a module, which older browsers do not know.
  void startMessages(loaders).then(() => {
    const page = document.getElementById('page');
    if (page) render(begin(), page);
    keepOffline(path);
  });
}
