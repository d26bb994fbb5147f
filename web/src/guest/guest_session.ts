// The state of a guest at a table: the menu, the orders and the bill, updated by the feed; the cart; and the requests that
// wait for the service.

import { computed, effect, signal } from '@preact/signals';
import { ApiClient } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { backoffMs } from '../base/backoff';
import { now } from '../base/clock';
import { newId } from '../base/ids';
import { OfflineQueue } from '../base/offline_queue';
import type { PushedEvent } from '../base/realtime/event';
import { Feed } from '../base/realtime/feed';
import { logEnd } from '../base/realtime/log_end';
import { deviceStore, readJson } from '../base/storage';
import { isPendingRequest, isAlreadyRequested, sendRequest, type PendingRequest, type Order } from './pending_requests';
import { CartStore, orderOf, priced } from './cart';
import { isCompleteUpdate, withMenuEvent, type Menu } from './menu';
import { Refresher } from './refresher';
import type { TableSession } from './table_session';
import { isKnown, isOutcomes, isUnserved, needsRefresh, withEvent, withOrder, withOutcome, type Outcomes, type SessionView } from './session_state';

export interface GuestSessionOptions {
  onPlaced: (order: Order) => void;
  onRefused: (request: PendingRequest, error: ApiError) => void;
  /** An event of this table, once there is a view. */
  onEvent: (event: PushedEvent, view: SessionView) => void;
  /** Waiting requests cannot be stored on this device; called once. */
  onNotStored: () => void;
  /** The token was refused, although the session is not closed. */
  onLost: () => void;
}

/** An order that has waited this long is sent only after a confirmation. */
const STALE_MS = 10 * 60_000;

/** How often a phone whose session is closed looks whether what was ordered has come. */
const COMING_EVERY_MS = 15_000;

const pause = (ms: number) => new Promise<void>((resolve) => window.setTimeout(resolve, ms));

/** The names are those of earlier versions: browsers still hold values under them. */
const storeKey = (what: 'cart' | 'asks' | 'outcomes', { sessionId }: TableSession) => `orderpush.guest.${what}.${sessionId}`;

/** Removes what a session has stored on the device. */
export function forgetGuestSession(tableSession: TableSession): void {
  for (const what of ['cart', 'asks', 'outcomes'] as const) deviceStore.remove(storeKey(what, tableSession));
}

export class GuestSession {
  readonly menu = signal<Menu | undefined>(undefined);
  readonly view = signal<SessionView | undefined>(undefined);
  readonly outcomes = signal<Outcomes>({});
  /** The session is closed; `view` is the final bill, as far as it could be read. */
  readonly isClosed = signal(false);
  readonly unknownEvents = signal(0);
  readonly api: ApiClient;
  readonly feed: Feed;
  readonly cart: CartStore;
  readonly requests: OfflineQueue<PendingRequest, Order>;
  readonly priced;
  /** The order that waits for the service. */
  readonly placing;
  /** An order that has waited too long to be sent without a confirmation. */
  readonly stale;
  private readonly sessionChannel: string;
  private readonly menuChannel: string;
  /** They read `view` and `menu`, with retries. */
  readonly viewRefresher: Refresher;
  readonly menuRefresher: Refresher;
  private readonly disposers: (() => void)[] = [];
  private isRefused = false;
  private isNotStoredReported = false;

  constructor(
    readonly tableSession: TableSession,
    private readonly options: GuestSessionOptions,
  ) {
    this.sessionChannel = `session:${tableSession.sessionId}`;
    this.menuChannel = `menu:${tableSession.branchId}`;
    this.api = new ApiClient({
      token: () => (this.isRefused ? undefined : tableSession.token),
      onRefused: (_, error) => this.onTokenRefused(error),
    });
    this.cart = new CartStore(deviceStore, storeKey('cart', tableSession));
    this.priced = computed(() => priced(this.cart.cart.value, this.menu.value));
    this.requests = this.makeRequestQueue();
    this.placing = computed(() => this.requests.waiting.value.find((request) => request.kind === 'order'));
    this.stale = computed(() => (now.value > 0 && this.isStale() ? this.placing.value : undefined));
    this.feed = new Feed({
      api: this.api,
      channels: [this.sessionChannel, this.menuChannel],
      onEvent: (channel, event) => this.onEvent(channel, event),
      onGone: (channel) => this.restartChannel(channel),
      isReady: () => this.hasValidToken(),
    });
    this.viewRefresher = new Refresher(() => this.readView());
    this.menuRefresher = new Refresher(() => this.readMenu());
  }

  start(): void {
    this.outcomes.value = readJson(deviceStore, storeKey('outcomes', this.tableSession), isOutcomes) ?? {};
    this.feed.start();
    this.viewRefresher.refresh();
    this.menuRefresher.refresh();
    window.addEventListener('storage', this.onStorage);
    this.disposers.push(
      effect(() => void deviceStore.set(storeKey('outcomes', this.tableSession), JSON.stringify(this.outcomes.value))),
      effect(() => {
        if (this.feed.state.value === 'live' || this.feed.state.value === 'polling') this.wake();
      }),
    );
  }

  stop(): void {
    window.removeEventListener('storage', this.onStorage);
    this.disposers.forEach((dispose) => dispose());
    this.feed.stop();
    this.requests.stop();
    this.viewRefresher.stop();
    this.menuRefresher.stop();
  }

  /** Retries everything that waits: there is a network. */
  wake(): void {
    this.requests.wake();
    this.viewRefresher.wake();
    this.menuRefresher.wake();
  }

  /** Places the cart as an order; does nothing while an order is waiting. */
  placeOrder(): void {
    const { count, isBlocked } = this.priced.value;
    if (this.placing.value || count === 0 || isBlocked) return;
    if (this.menu.value) this.cart.acceptPrices(this.menu.value);
    this.enqueue({ kind: 'order', key: newId(), at: Date.now(), body: orderOf(this.cart.cart.value) });
  }

  requestCancel(orderId: string, reason: string): void {
    if (this.isCancelPending(orderId)) return;
    this.enqueue({ kind: 'cancel', key: newId(), at: Date.now(), orderId, reason });
  }

  isCancelPending(orderId: string): boolean {
    return this.requests.waiting.value.some((request) => request.kind === 'cancel' && request.orderId === orderId);
  }

  private enqueue(request: PendingRequest): void {
    this.requests.add(request);
    if (this.requests.isStored || this.isNotStoredReported) return;
    this.isNotStoredReported = true;
    this.options.onNotStored();
  }

  private makeRequestQueue(): OfflineQueue<PendingRequest, Order> {
    return new OfflineQueue<PendingRequest, Order>({
      store: deviceStore,
      storeKey: storeKey('asks', this.tableSession),
      isItem: isPendingRequest,
      send: (request) => sendRequest(this.api, request),
      isAlreadyDone: isAlreadyRequested,
      isReady: () => this.hasValidToken() && !this.isStale(),
      onDone: (request, order) => this.onDone(request, order),
      onRefused: (request, error) => {
        this.viewRefresher.refresh();
        this.menuRefresher.refresh();
        this.options.onRefused(request, error);
      },
    });
  }

  private hasValidToken(): boolean {
    return !this.isRefused;
  }

  private isStale(): boolean {
    const [first] = this.requests.waiting.value;
    return first?.kind === 'order' && Date.now() - first.at > STALE_MS;
  }

  private onDone(request: PendingRequest, order: Order | undefined): void {
    if (order && this.view.value) this.view.value = withOrder(this.view.value, order);
    this.viewRefresher.refresh(); // the bill has changed, or another guest has requested it
    if (request.kind === 'cancel') {
      this.outcomes.value = { ...this.outcomes.value, [request.orderId]: { kind: 'asked', reason: request.reason } };
      return this.feed.followOrder(request.orderId);
    }
    this.cart.clear();
    if (order) this.options.onPlaced(order);
  }

  /** The end of the log is taken before a first read: events after it may repeat what was read, and change nothing then. */
  private async readView(): Promise<void> {
    const isFirst = this.feed.position(this.sessionChannel) === undefined;
    const end = isFirst ? await logEnd(this.api, this.sessionChannel) : undefined;
    const view = await this.api.get('/v1/sessions/{id}', { path: { id: this.tableSession.sessionId }, tries: 1 });
    this.view.value = view;
    if (end !== undefined) this.feed.startAfter(this.sessionChannel, end.lastSeq, end.epoch);
    this.followCancelRequests(view);
  }

  private async readMenu(): Promise<void> {
    const isFirst = this.feed.position(this.menuChannel) === undefined;
    const end = isFirst ? await logEnd(this.api, this.menuChannel) : undefined;
    this.menu.value = await this.api.get('/v1/branches/{id}/menu', { path: { id: this.tableSession.branchId }, tries: 1 });
    if (end !== undefined) this.feed.startAfter(this.menuChannel, end.lastSeq, end.epoch);
  }

  /** The kitchen's answers are sent on the order's own channel. */
  private followCancelRequests({ orders }: SessionView): void {
    for (const { id, cancelRequest, status } of orders) {
      const isOpen = cancelRequest !== undefined || (this.outcomes.value[id]?.kind === 'asked' && status !== 'cancelled');
      if (isOpen) this.feed.followOrder(id);
    }
  }

  /** The feed cannot go on from its position, and has none. */
  private async restartChannel(channel: string): Promise<void> {
    if (channel === this.menuChannel) return this.readMenu();
    if (channel === this.sessionChannel) return this.readView();
    const end = await logEnd(this.api, channel);
    await this.readView();
    this.feed.startAfter(channel, end.lastSeq, end.epoch);
  }

  private onEvent(channel: string, event: PushedEvent): void {
    if (channel === this.menuChannel) return this.onMenuEvent(event);
    if (!isKnown(event)) return void this.unknownEvents.value++;
    this.outcomes.value = withOutcome(this.outcomes.value, event);
    if (channel === this.sessionChannel) {
      if (this.view.value) this.view.value = withEvent(this.view.value, event);
      if (event.type === 'session:closed') this.close();
    }
    if (needsRefresh(event) || channel !== this.sessionChannel) this.viewRefresher.refresh();
    // Most events are sent on both channels: they are reported once.
    const isToldHere = channel === this.sessionChannel || event.type === 'kitchen:cancel_rejected';
    if (isToldHere && this.view.value) this.options.onEvent(event, this.view.value);
  }

  private onMenuEvent(event: PushedEvent): void {
    if (event.type === 'realtime:provider_changed') return;
    if (event.type !== 'menu:updated') return void this.unknownEvents.value++;
    const before = this.menu.value;
    if (before) this.menu.value = withMenuEvent(before, event);
    if (!before || !isCompleteUpdate(before, event)) this.menuRefresher.refresh();
  }

  private onTokenRefused(error: ApiError): void {
    if (this.isRefused) return;
    if (error.code === 'session_closed') return this.close();
    this.isRefused = true;
    this.options.onLost();
  }

  /** The guests have left, or paid: the bill can still be read for a while. */
  private close(): void {
    if (this.isRefused) return;
    this.isRefused = true;
    this.isClosed.value = true;
    this.requests.stop();
    this.feed.stop();
    void this.readBill();
  }

  private async readBill(): Promise<void> {
    const api = new ApiClient({ token: () => this.tableSession.token, onRefused: () => undefined });
    for (let attempt = 0; ; attempt++) {
      try {
        const view = await api.get('/v1/sessions/{id}/bill', { path: { id: this.tableSession.sessionId } });
        this.view.value = view;
        attempt = 0;
        if (!view.orders.some(isUnserved)) return;
        await pause(COMING_EVERY_MS); // closed before all of it came: it is followed to the end
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!error.isTransient) return; // no longer available: the last known view stays
        await pause(1_000 + backoffMs(attempt));
      }
    }
  }

  private readonly onStorage = ({ key }: StorageEvent): void => {
    if (key === storeKey('cart', this.tableSession)) this.cart.reload();
    if (key !== storeKey('asks', this.tableSession)) return;
    this.requests.reload();
    this.requests.wake();
  };
}
