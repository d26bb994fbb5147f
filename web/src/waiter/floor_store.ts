// The state of a waiter's tablet: the floor, updated by the feed, and the actions that wait for the service.

import { computed, effect, signal, untracked } from '@preact/signals';
import { ApiClient, type Schemas } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { setServerTime } from '../base/clock';
import { newId } from '../base/ids';
import { OfflineQueue } from '../base/offline_queue';
import { OrderReader } from '../base/order_reader';
import { eventText, type PushedEvent } from '../base/realtime/event';
import { Feed } from '../base/realtime/feed';
import { currentToken, isLoggedIn, refuseToken, type Staff } from '../base/staff';
import { deviceStore } from '../base/storage';
import { UnreadEvents } from '../base/unread_events';
import { withPendingActions, isAction, send, subjectOf, type Action, type ActionResult, type ActionRequest } from './actions';
import { alarmKey, alarmsOf, alarmStations, emptyFloor, floorOf, withoutOrder, withoutOutcome, withOrder, type FloorState, type Order, type Outcome } from './floor';
import { applyEvent } from './floor_events';
import { Menu } from './menu';
import { areasOf, isReady, readyOrders } from './table_status';
import { withPushed } from './pushed_orders';

export interface FloorStoreOptions {
  /** Lines of this order have become ready. */
  onReady: (order: Order) => void;
  onAlarm: () => void;
  /** The kitchen answered a request to cancel. */
  onAnswered: (order: Order | undefined, outcome: Outcome) => void;
  onRefused: (action: Action, error: ApiError) => void;
  onFull: () => void;
  /** Waiting actions cannot be stored on this device; called once. */
  onNotStored: () => void;
}

const READ_AGAIN_MS = 2_000;
/** Reads in a row that events have overtaken; then there is a pause. */
const READS_MAX = 5;
/** No event is pushed when a kitchen display comes back: alarms are polled while there are any. */
const ALARM_REFRESH_MS = 4_000;

export class FloorStore {
  readonly floor = signal<FloorState>(emptyFloor);
  /** Whether the floor was read at least once. */
  readonly isLoaded = signal(false);
  readonly api = new ApiClient({ token: currentToken, onRefused: refuseToken });
  readonly feed: Feed;
  readonly queue: OfflineQueue<Action, ActionResult>;
  readonly menu: Menu;
  readonly unknownEvents = signal(0);
  /** Alarms that were put aside, by alarmKey(). */
  private readonly aside = signal<ReadonlySet<string>>(new Set());
  /** Some alarm was not put aside. */
  readonly isAlarming = computed(() => [...this.floor.value.alarms.values()].some((alarm) => !this.aside.value.has(alarmKey(alarm))));
  readonly areas;
  readonly ready;
  private readonly channels: string[];
  private readonly reader: OrderReader;
  private readonly unread = new UnreadEvents();
  private readonly disposers: (() => void)[] = [];
  private timer: number | undefined;
  private alarmTimer: number | undefined;
  private isReading = false;
  private isAskedAgain = false;
  private isNotStoredReported = false;
  /** Of the logs, as the floor said. */
  private epoch: string | undefined;

  constructor(
    readonly staff: Staff,
    private readonly options: FloorStoreOptions,
  ) {
    this.channels = ['waiters', 'tables', 'menu'].map((audience) => `${audience}:${staff.branchId}`);
    this.menu = new Menu(this.api, staff.branchId);
    this.reader = new OrderReader(this.api, {
      isReady: () => isLoggedIn.value,
      onOrder: (order) => this.onOrder(order),
      onGone: (orderId) => {
        this.unread.settle(orderId);
        this.floor.value = withoutOrder(this.floor.value, orderId);
      },
    });
    this.queue = new OfflineQueue<Action, ActionResult>({
      store: deviceStore,
      storeKey: `orderpush.waiter.queue.${staff.branchId}`,
      isItem: isAction,
      send: (action) => send(this.api, action),
      isReady: () => isLoggedIn.value,
      onDone: (action, result) => this.onDone(action, result),
      onRefused: (action, error) => this.onRefused(action, error),
    });
    this.feed = new Feed({
      api: this.api,
      channels: this.channels,
      onEvent: (channel, event) => this.onEvent(channel, event),
      onGone: () => this.readFloor(),
      isReady: () => isLoggedIn.value,
      memberInfo: { name: staff.name, role: staff.role },
    });
    const orders = computed(() => [...this.floor.value.orders.values()].map((order) => withPendingActions(order, this.queue.waiting.value)));
    this.areas = computed(() => areasOf(this.floor.value, orders.value));
    this.ready = computed(() => readyOrders(orders.value));
  }

  start(): void {
    this.feed.start();
    this.disposers.push(
      effect(() => {
        if (this.floor.value.alarms) untracked(() => this.forgetPastAlarms());
      }),
      effect(() => {
        const isThere = this.feed.state.value === 'live' || this.feed.state.value === 'polling';
        if (isThere) untracked(() => this.queue.wake());
      }),
      effect(() => {
        // What waits goes on with a log-in; without one the state is another, and what was to be read is not.
        if (!isLoggedIn.value) untracked(() => this.applyUnread());
        untracked(() => this.wake());
      }),
    );
    this.alarmTimer = window.setInterval(() => void this.refreshAlarms(), ALARM_REFRESH_MS);
  }

  stop(): void {
    window.clearTimeout(this.timer);
    window.clearInterval(this.alarmTimer);
    this.disposers.forEach((dispose) => dispose());
    this.feed.stop();
    this.queue.stop();
    this.reader.stop();
  }

  /** Retries everything that waits: there is a network, or a log-in. */
  wake(): void {
    this.queue.wake();
    this.reader.wake();
    this.feed.wake();
    if (!this.isLoaded.value) this.refresh();
  }

  /** False: the same action is pending already, or the queue is full. */
  act(wanted: ActionRequest): boolean {
    const subject = subjectOf(wanted);
    if (this.queue.waiting.value.some((waiting) => subjectOf(waiting) === subject)) return false;
    if (!this.queue.add({ ...wanted, key: newId(), at: Date.now() })) {
      this.options.onFull();
      return false;
    }
    if (!this.queue.isStored && !this.isNotStoredReported) {
      this.isNotStoredReported = true;
      this.options.onNotStored();
    }
    return true;
  }

  /** Whether such an action waits for its answer. */
  isWaiting(kind: Action['kind'], id: string): boolean {
    return this.queue.waiting.value.some(
      (action) => action.kind === kind && Object.values(action).some((value) => value === id),
    );
  }

  dismissOutcome(orderId: string): void {
    this.floor.value = withoutOutcome(this.floor.value, orderId);
  }

  /** All alarms that stand; another one brings them back. */
  putAlarmsAside(): void {
    this.aside.value = new Set([...this.floor.value.alarms.values()].map(alarmKey));
  }

  showAlarms(): void {
    this.aside.value = new Set();
  }

  /** One that is over is not meant when it comes again. */
  private forgetPastAlarms(): void {
    const standing = new Set([...this.floor.value.alarms.values()].map(alarmKey));
    const kept = [...this.aside.peek()].filter((key) => standing.has(key));
    if (kept.length < this.aside.peek().size) this.aside.value = new Set(kept);
  }

  /** Reads the floor again, with retries until it succeeds. */
  refresh(): void {
    window.clearTimeout(this.timer);
    this.readFloor().catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      this.timer = window.setTimeout(() => this.refresh(), READ_AGAIN_MS);
    });
  }

  /** One at a time; a call meanwhile causes one more read. Throws ApiError. */
  private async readFloor(): Promise<void> {
    if (!isLoggedIn.value) return;
    this.isAskedAgain = this.isReading;
    if (this.isReading) return;
    this.isReading = true;
    try {
      for (let turn = 0; turn === 0 || this.isAskedAgain; turn++) {
        if (turn >= READS_MAX) throw new ApiError('unreadable', 0);
        this.isAskedAgain = false;
        const floor = await this.fetchFloor();
        // A response older than the position of the feed would drop the events in between.
        if (!this.isBehind(floor)) this.show(floor);
        else this.isAskedAgain = true;
      }
    } finally {
      this.isReading = false;
    }
  }

  private fetchFloor(): Promise<Schemas['Floor']> {
    return this.api.get('/v1/branches/{id}/floor', { path: { id: this.staff.branchId }, tries: 1 });
  }

  private isBehind(floor: Schemas['Floor']): boolean {
    // Positions of two logs do not compare.
    if (floor.epoch !== this.epoch) return false;
    return this.channels.some((channel) => (this.feed.position(channel) ?? 0) > (floor.seq[channel] ?? 0));
  }

  private show(floor: Schemas['Floor']): void {
    setServerTime(floor.asOf);
    const isOtherLog = this.epoch !== undefined && floor.epoch !== this.epoch;
    this.epoch = floor.epoch;
    const before = this.floor.value;
    this.floor.value = floorOf(floor, isOtherLog ? emptyFloor : before);
    if (isOtherLog && this.menu.items.value) void this.menu.read();
    if (this.isLoaded.value) this.notifyChanges(before);
    this.readAlarmed();
    this.isLoaded.value = true;
    for (const channel of this.channels) this.feed.startAfter(channel, floor.seq[channel] ?? 0, floor.epoch);
  }

  private notifyChanges(before: FloorState): void {
    const now = this.floor.value;
    for (const order of now.orders.values()) this.notifyIfReady(before.orders.get(order.id), order);
    if ([...now.alarms.keys()].some((orderId) => !before.alarms.has(orderId))) this.options.onAlarm();
  }

  /** Orders of closed sessions are not on the floor, but the kitchen has them: their stations are read. */
  private readAlarmed(): void {
    const floor = this.floor.value;
    for (const alarm of floor.alarms.values()) {
      if (alarmStations(floor, alarm) === undefined) this.reader.read(alarm.orderId);
    }
  }

  /** Only the alarms: all other changes are pushed. */
  private async refreshAlarms(): Promise<void> {
    if (this.floor.value.alarms.size === 0 || !isLoggedIn.value || document.visibilityState === 'hidden') return;
    try {
      const floor = await this.fetchFloor();
      if (floor.epoch !== this.epoch || this.isBehind(floor)) return;
      this.floor.value = { ...this.floor.value, alarms: alarmsOf(floor.alarms, this.floor.value) };
      this.readAlarmed();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // the next poll tries again
    }
  }

  private onOrder(order: Order): void {
    this.unread.settle(order.id);
    const before = this.floor.value.orders.get(order.id);
    this.floor.value = withOrder(this.floor.value, order);
    if (this.floor.value.orders.get(order.id) === order) this.notifyIfReady(before, order);
  }

  private notifyIfReady(before: Order | undefined, order: Order): void {
    const known = new Set(before?.items.filter(isReady).map(({ itemId }) => itemId));
    if (order.status !== 'cancelled' && order.items.some((item) => isReady(item) && !known.has(item.itemId))) {
      this.options.onReady(order);
    }
  }

  private onEvent(channel: string, event: PushedEvent): void {
    if (channel.startsWith('menu:')) {
      if (!this.menu.apply(event)) this.unknownEvents.value++;
      return;
    }
    const before = this.floor.value;
    const applied = applyEvent(before, channel, event);
    if (applied.isUnknown) this.unknownEvents.value++;
    this.floor.value = applied.state;
    if (applied.orderId !== undefined) this.readOrder(applied.orderId, event);
    if (applied.isUnclear) this.refresh();
    if (event.type === 'kitchen:unattended') this.options.onAlarm();
    const orderId = applied.orderId ?? '';
    const outcome = applied.state.outcomes.get(orderId);
    if (outcome && outcome !== before.outcomes.get(orderId)) this.options.onAnswered(before.orders.get(orderId), outcome);
  }

  /** Without a log-in the order is as the event tells it, and read when there is one. */
  private readOrder(orderId: string, event: PushedEvent): void {
    this.unread.add(orderId, event);
    this.reader.read(orderId);
    if (!isLoggedIn.value) this.applyUnread();
  }

  private applyUnread(): void {
    for (const event of this.unread.take()) {
      const orderId = eventText(event, 'orderId');
      const before = this.floor.value.orders.get(orderId);
      this.floor.value = withPushed(this.floor.value, event);
      const order = this.floor.value.orders.get(orderId);
      if (order && order !== before) this.notifyIfReady(before, order);
    }
  }

  private onDone(action: Action, { order }: ActionResult = {}): void {
    if (order) this.onOrder(order);
    // Changes of tables and bills are pushed; without a live connection this fetches them at once.
    if (!order && this.feed.state.value !== 'live') this.feed.wake();
    if (action.kind === 'askCancel') this.dismissOutcome(action.orderId);
  }

  private onRefused(action: Action, error: ApiError): void {
    if ('orderId' in action) this.reader.read(action.orderId);
    this.refresh();
    this.options.onRefused(action, error);
  }
}
