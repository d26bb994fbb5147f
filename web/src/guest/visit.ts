// A visit without its looks: the menu, the orders and the bill, kept true by the feed; the cart; and what was asked of the
// restaurant, kept until it is answered.

import { computed, effect, signal } from '@preact/signals';
import { ApiClient } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { backoffMs } from '../base/backoff';
import { now } from '../base/clock';
import { newId } from '../base/ids';
import { KeptQueue } from '../base/kept_queue';
import type { PushedEvent } from '../base/realtime/event';
import { Feed } from '../base/realtime/feed';
import { deviceStore, readJson } from '../base/storage';
import { isAsk, isAskedBefore, sendAsk, type Ask, type Order } from './asks';
import { CartBox, orderOf, priced } from './cart';
import { isToldInFull, withMenuEvent, type Menu } from './menu';
import { Reading } from './reading';
import type { Seat } from './seat';
import { isKnown, isOutcomes, isToBeReadAnew, withEvent, withOrder, withOutcome, type Outcomes, type View } from './visit_state';

export interface VisitOptions {
  onPlaced: (order: Order) => void;
  onRefused: (ask: Ask, error: ApiError) => void;
  /** Live, of this table; not what is caught up with before the page is drawn. */
  onEvent: (event: PushedEvent, view: View) => void;
  /** What waits is not stored; told once. */
  onNotKept: () => void;
  /** The token is good for nothing any more, and not because the session is over. */
  onLost: () => void;
}

/** An order that could not be sent for so long is sent only if it is still wanted. */
const STALE_MS = 10 * 60_000;
/** Behind every event: asks where the log ends. */
const END = Number.MAX_SAFE_INTEGER;

const storeKey = (what: string, { sessionId }: Seat) => `orderpush.guest.${what}.${sessionId}`;

/** What a visit left on the device. */
export function forgetVisit(seat: Seat): void {
  for (const what of ['cart', 'asks', 'outcomes']) deviceStore.remove(storeKey(what, seat));
}

export class Visit {
  readonly menu = signal<Menu | undefined>(undefined);
  readonly view = signal<View | undefined>(undefined);
  readonly outcomes = signal<Outcomes>({});
  /** The session is closed; `view` is the bill in the end, as far as it could be read. */
  readonly isOver = signal(false);
  readonly unknownEvents = signal(0);
  readonly api: ApiClient;
  readonly feed: Feed;
  readonly cart: CartBox;
  readonly asks: KeptQueue<Ask, Order>;
  readonly priced;
  /** The order that is on its way. */
  readonly placing;
  /** An order that waited too long to be sent without asking. */
  readonly stale;
  private readonly sessionChannel: string;
  private readonly menuChannel: string;
  /** They read `view` and `menu`, again and again until the service answers. */
  readonly session: Reading;
  readonly dishes: Reading;
  private readonly endings: (() => void)[] = [];
  private isRefused = false;
  private isNotKeptTold = false;

  constructor(
    readonly seat: Seat,
    private readonly options: VisitOptions,
  ) {
    this.sessionChannel = `session:${seat.sessionId}`;
    this.menuChannel = `menu:${seat.branchId}`;
    this.api = new ApiClient({
      token: () => (this.isRefused ? undefined : seat.token),
      onRefused: (_, error) => this.onTokenRefused(error),
    });
    this.cart = new CartBox(deviceStore, storeKey('cart', seat));
    this.priced = computed(() => priced(this.cart.cart.value, this.menu.value));
    this.asks = this.makeAsks();
    this.placing = computed(() => this.asks.waiting.value.find((ask) => ask.kind === 'order'));
    this.stale = computed(() => (now.value > 0 && this.isStale() ? this.placing.value : undefined));
    this.feed = new Feed({
      api: this.api,
      channels: [this.sessionChannel, this.menuChannel],
      onEvent: (channel, event) => this.onEvent(channel, event),
      onGone: (channel) => this.startOver(channel),
      isReady: () => this.isAsking(),
    });
    this.session = new Reading(() => this.readSession());
    this.dishes = new Reading(() => this.readMenu());
  }

  start(): void {
    this.outcomes.value = readJson(deviceStore, storeKey('outcomes', this.seat), isOutcomes) ?? {};
    this.feed.start();
    this.session.read();
    this.dishes.read();
    window.addEventListener('storage', this.onStorage);
    this.endings.push(
      effect(() => void deviceStore.set(storeKey('outcomes', this.seat), JSON.stringify(this.outcomes.value))),
      effect(() => {
        if (this.feed.state.value === 'live' || this.feed.state.value === 'polling') this.wake();
      }),
    );
  }

  stop(): void {
    window.removeEventListener('storage', this.onStorage);
    this.endings.forEach((end) => end());
    this.feed.stop();
    this.asks.stop();
    this.session.stop();
    this.dishes.stop();
  }

  /** Something is possible again. */
  wake(): void {
    this.asks.wake();
    this.session.wake();
    this.dishes.wake();
  }

  /** The cart becomes an order; once, however often it is asked for while the answer is awaited. */
  placeOrder(): void {
    const { count, isBlocked } = this.priced.value;
    if (this.placing.value || count === 0 || isBlocked) return;
    if (this.menu.value) this.cart.acceptPrices(this.menu.value);
    this.ask({ kind: 'order', key: newId(), at: Date.now(), body: orderOf(this.cart.cart.value) });
  }

  askToCancel(orderId: string, reason: string): void {
    if (this.isCancelOnItsWay(orderId)) return;
    this.ask({ kind: 'cancel', key: newId(), at: Date.now(), orderId, reason });
  }

  isCancelOnItsWay(orderId: string): boolean {
    return this.asks.waiting.value.some((ask) => ask.kind === 'cancel' && ask.orderId === orderId);
  }

  private ask(ask: Ask): void {
    this.asks.add(ask);
    if (this.asks.isKept || this.isNotKeptTold) return;
    this.isNotKeptTold = true;
    this.options.onNotKept();
  }

  private makeAsks(): KeptQueue<Ask, Order> {
    return new KeptQueue<Ask, Order>({
      store: deviceStore,
      storeKey: storeKey('asks', this.seat),
      isItem: isAsk,
      send: (ask) => sendAsk(this.api, ask),
      isDoneBefore: isAskedBefore,
      isReady: () => this.isAsking() && !this.isStale(),
      onDone: (ask, order) => this.onDone(ask, order),
      onRefused: (ask, error) => {
        this.session.read();
        this.dishes.read();
        this.options.onRefused(ask, error);
      },
    });
  }

  private isAsking(): boolean {
    return !this.isRefused;
  }

  private isStale(): boolean {
    const [first] = this.asks.waiting.value;
    return first?.kind === 'order' && Date.now() - first.at > STALE_MS;
  }

  private onDone(ask: Ask, order: Order | undefined): void {
    if (order && this.view.value) this.view.value = withOrder(this.view.value, order);
    this.session.read(); // the bill has changed, or somebody else asked
    if (ask.kind === 'cancel') {
      this.outcomes.value = { ...this.outcomes.value, [ask.orderId]: { kind: 'asked', reason: ask.reason } };
      return this.feed.followOrder(ask.orderId);
    }
    this.cart.clear();
    if (order) this.options.onPlaced(order);
  }

  /** Where the log ended before the reading: what comes after it may repeat the reading, and changes nothing then. */
  private async endOf(channel: string): Promise<number> {
    const { lastSeq } = await this.api.get('/v1/channels/{channel}/events', {
      path: { channel },
      query: { after: END, limit: 1 },
      tries: 1,
    });
    return lastSeq;
  }

  private async readSession(): Promise<void> {
    const isFirst = this.feed.position(this.sessionChannel) === undefined;
    const end = isFirst ? await this.endOf(this.sessionChannel) : undefined;
    const view = await this.api.get('/v1/sessions/{id}', { path: { id: this.seat.sessionId }, tries: 1 });
    this.view.value = view;
    if (end !== undefined) this.feed.startAfter(this.sessionChannel, end);
    this.followQuestions(view);
  }

  private async readMenu(): Promise<void> {
    const isFirst = this.feed.position(this.menuChannel) === undefined;
    const end = isFirst ? await this.endOf(this.menuChannel) : undefined;
    this.menu.value = await this.api.get('/v1/branches/{id}/menu', { path: { id: this.seat.branchId }, tries: 1 });
    if (end !== undefined) this.feed.startAfter(this.menuChannel, end);
  }

  /** The kitchen's answers are told on the order's own channel. */
  private followQuestions({ orders }: View): void {
    for (const { id, cancelRequest, status } of orders) {
      const isOpen = cancelRequest !== undefined || (this.outcomes.value[id]?.kind === 'asked' && status !== 'cancelled');
      if (isOpen) this.feed.followOrder(id);
    }
  }

  /** The log no longer reaches back to where this page was. */
  private async startOver(channel: string): Promise<void> {
    const end = await this.endOf(channel);
    if (channel === this.menuChannel) await this.readMenu();
    else await this.readSession();
    this.feed.startAfter(channel, end);
  }

  private onEvent(channel: string, event: PushedEvent): void {
    if (channel === this.menuChannel) return this.onMenuEvent(event);
    if (!isKnown(event)) return void this.unknownEvents.value++;
    this.outcomes.value = withOutcome(this.outcomes.value, event);
    if (channel === this.sessionChannel) {
      if (this.view.value) this.view.value = withEvent(this.view.value, event);
      if (event.type === 'session:closed') this.end();
    }
    if (isToBeReadAnew(event) || channel !== this.sessionChannel) this.session.read();
    // What concerns everyone is told on both channels.
    const isToldHere = channel === this.sessionChannel || event.type === 'kitchen:cancel_rejected';
    if (isToldHere && this.view.value) this.options.onEvent(event, this.view.value);
  }

  private onMenuEvent(event: PushedEvent): void {
    if (event.type === 'realtime:provider_changed') return;
    if (event.type !== 'menu:updated') return void this.unknownEvents.value++;
    const before = this.menu.value;
    if (before) this.menu.value = withMenuEvent(before, event);
    if (!before || !isToldInFull(before, event)) this.dishes.read();
  }

  private onTokenRefused(error: ApiError): void {
    if (this.isRefused) return;
    if (error.code === 'session_closed') return this.end();
    this.isRefused = true;
    this.options.onLost();
  }

  /** The guests have left, or paid: the bill is still to be read for a while. */
  private end(): void {
    if (this.isRefused) return;
    this.isRefused = true;
    this.isOver.value = true;
    this.asks.stop();
    this.feed.stop();
    void this.readBill();
  }

  private async readBill(): Promise<void> {
    const api = new ApiClient({ token: () => this.seat.token, onRefused: () => undefined });
    for (let attempt = 0; ; attempt++) {
      try {
        this.view.value = await api.get('/v1/sessions/{id}/bill', { path: { id: this.seat.sessionId } });
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!error.isPassing) return; // no longer to be had: what was known stays
        await new Promise((resolve) => window.setTimeout(resolve, 1_000 + backoffMs(attempt)));
      }
    }
  }

  private readonly onStorage = ({ key }: StorageEvent): void => {
    if (key === storeKey('cart', this.seat)) this.cart.reload();
    if (key !== storeKey('asks', this.seat)) return;
    this.asks.reload();
    this.asks.wake();
  };
}
