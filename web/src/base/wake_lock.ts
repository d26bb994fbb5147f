const ASK_AGAIN_MS = 60_000;

/** Keeps the screen on while the page is visible; a refused wake lock (low battery) is requested again. */
export function keepScreenOn(): void {
  let held: WakeLockSentinel | undefined;
  const ask = () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator) || held?.released === false) return;
    navigator.wakeLock.request('screen').then(
      (granted) => (held = granted),
      () => undefined,
    );
  };
  document.addEventListener('visibilitychange', ask);
  window.setInterval(ask, ASK_AGAIN_MS);
  ask();
}
