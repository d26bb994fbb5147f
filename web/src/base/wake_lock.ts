/** Keeps the screen on while the page is looked at; browsers that cannot, or will not now, leave it as it is. */
export function keepScreenOn(): void {
  const ask = () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    navigator.wakeLock.request('screen').catch(() => undefined); // refused on low battery
  };
  document.addEventListener('visibilitychange', ask);
  ask();
}
