// The few browser APIs that the page code below the views needs.

import { vi } from 'vitest';

class Memory implements Storage {
  private readonly values = new Map<string, string>();
  get length(): number {
    return this.values.size;
  }
  clear = () => this.values.clear();
  getItem = (key: string) => this.values.get(key) ?? null;
  key = (index: number) => [...this.values.keys()][index] ?? null;
  removeItem = (key: string) => void this.values.delete(key);
  setItem = (key: string, value: string) => void this.values.set(key, value);
}

/** To be called before the modules under test are imported. */
export function installBrowser(): void {
  const events = new EventTarget();
  const timers = {
    setTimeout: (then: () => void, ms: number) => setTimeout(then, ms),
    clearTimeout: (id: number) => clearTimeout(id),
    setInterval: (then: () => void, ms: number) => setInterval(then, ms),
    clearInterval: (id: number) => clearInterval(id),
  };
  vi.stubGlobal('window', {
    ...timers,
    localStorage: new Memory(),
    sessionStorage: new Memory(),
    location: { href: 'http://kitchen.test/kitchen' },
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
    dispatchEvent: events.dispatchEvent.bind(events),
  });
  const documentEvents = new EventTarget();
  vi.stubGlobal('document', {
    visibilityState: 'visible',
    documentElement: { lang: '', dataset: {} },
    addEventListener: documentEvents.addEventListener.bind(documentEvents),
    removeEventListener: documentEvents.removeEventListener.bind(documentEvents),
  });
}

/** A condition that comes true in a while of (possibly faked) time. */
export async function until(what: string, look: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    if (look()) return;
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(25);
    else await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`waited for ${what}`);
}

export function jsonResponse(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

export function problem(status: number, code: string, more: object = {}): Response {
  return jsonResponse(status, { type: 'about:blank', title: '', status, detail: `it is ${code}`, code, requestId: 'r', ...more });
}
