// Decides when an event counts as seen: when the card of its order is within the viewport and the page is visible.

/** Events not seen yet; more are dropped, oldest first. */
const WAITING_MAX = 1_000;

export class VisibilityTracker {
  private readonly waiting = new Map<string, string>();
  private readonly visible = new Set<Element>();
  private readonly observer: IntersectionObserver;
  private frame: number | undefined;

  /** `onSeen` gets the id of each event once. */
  constructor(private readonly onSeen: (eventId: string) => void) {
    this.observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.visible.add(target);
        else this.visible.delete(target);
      }
      this.scheduleCheck();
    });
    document.addEventListener('visibilitychange', this.scheduleCheck);
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.scheduleCheck);
    this.observer.disconnect();
  }

  /** Observes a card, which names its order in data-order. Returns the function that ends that. */
  readonly watch = (card: Element): (() => void) => {
    this.observer.observe(card);
    return () => {
      this.observer.unobserve(card);
      this.visible.delete(card);
    };
  };

  /** The event changed what is shown of that order. */
  awaitVisible(eventId: string, orderId: string): void {
    this.waiting.set(eventId, orderId);
    if (this.waiting.size > WAITING_MAX) {
      const [oldest] = this.waiting.keys();
      if (oldest !== undefined) this.waiting.delete(oldest);
    }
    this.scheduleCheck();
  }

  private readonly scheduleCheck = (): void => {
    if (this.frame !== undefined || this.waiting.size === 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = undefined;
      if (document.visibilityState === 'visible') this.reportSeen();
    });
  };

  private reportSeen(): void {
    const orders = new Set([...this.visible].map((card) => (card as HTMLElement).dataset['order']));
    for (const [eventId, orderId] of this.waiting) {
      if (!orders.has(orderId)) continue;
      this.waiting.delete(eventId);
      this.onSeen(eventId);
    }
  }
}
