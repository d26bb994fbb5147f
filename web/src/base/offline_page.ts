// The service worker keeps the page, so that a reload without a network shows it.

/** `path`: of the page that is kept. Browsers have service workers on https and on localhost only. */
export function keepOffline(path: string): void {
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (!serviceWorker) return;
  const ask = async () => {
    await serviceWorker.register('/service-worker.js', { updateViaCache: 'none' });
    const { active } = await serviceWorker.ready;
    active?.postMessage({ keep: path });
  };
  // A page that cannot be kept is shown all the same: private windows refuse, and storage may be full.
  ask().catch(() => undefined);
}
