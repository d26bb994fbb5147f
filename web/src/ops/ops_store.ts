// The state of the operations page, read again every few seconds, and soon after each event.

import { effect, signal } from '@preact/signals';
import { ApiClient, type ResponseOf } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { setServerTime } from '../base/clock';
import { eventText, type PushedEvent } from '../base/realtime/event';
import { Feed } from '../base/realtime/feed';
import { logEnd } from '../base/realtime/log_end';
import { currentToken, isLoggedIn, refuseToken, type Staff } from '../base/staff';
import { DeadLetters } from './dead_letters';
import { Search } from './search';

export type Overview = ResponseOf<'/v1/operations/overview', 'get'>;
export type Adapters = ResponseOf<'/v1/adapters', 'get'>;
export type Displays = ResponseOf<'/v1/branches/{id}/displays', 'get'>;

/** An order that no kitchen sees. */
export interface Alarm {
  orderId: string | undefined;
  reason: string;
  since: string;
}

export interface OpsStoreOptions {
  /** A retry was refused. */
  onRefused: (error: ApiError) => void;
  onRetried: (count: number) => void;
}

const REFRESH_MS = 5_000;
/** After an event: several come together. */
const SOON_MS = 400;
/** Branches whose displays are read in one round; further ones follow in the next. */
const BRANCHES_PER_ROUND = 8;
const ALARMS_MAX = 20;

/** Types of events on the channels of this page. */
const KNOWN = /^(order|kitchen|table|payment|session|realtime):/;

export class OpsStore {
  readonly api = new ApiClient({ token: currentToken, onRefused: refuseToken });
  readonly overview = signal<Overview | undefined>(undefined);
  readonly adapters = signal<Adapters | undefined>(undefined);
  readonly displays = signal<ReadonlyMap<string, Displays>>(new Map());
  readonly alarms = signal<Alarm[]>([]);
  /** Why the last refresh failed: what is shown is older. */
  readonly fault = signal<ApiError | undefined>(undefined);
  readonly unknownEvents = signal(0);
  readonly feed: Feed;
  readonly deadLetters: DeadLetters;
  readonly search: Search;
  private readonly channels: string[];
  private readonly disposers: (() => void)[] = [];
  private timer: number | undefined;
  private isReading = false;
  private isAskedAgain = false;
  private isStopped = false;
  private nextBranch = 0;

  constructor(
    readonly staff: Staff,
    private readonly options: OpsStoreOptions,
  ) {
    // Not the kitchen's channel: a member of it counts as one of its displays.
    this.channels = [`waiters:${staff.branchId}`, `tables:${staff.branchId}`];
    this.feed = new Feed({
      api: this.api,
      channels: this.channels,
      onEvent: (_, event) => this.onEvent(event),
      onGone: (channel) => this.startChannel(channel),
      isReady: () => isLoggedIn.value,
      memberInfo: { name: staff.name, role: staff.role },
    });
    this.deadLetters = new DeadLetters(this.api, { ...this.options, onChanged: () => this.refreshSoon(0) });
    this.search = new Search(this.api);
  }

  start(): void {
    this.feed.start();
    document.addEventListener('visibilitychange', this.wake);
    this.disposers.push(
      effect(() => {
        if (isLoggedIn.value) this.wake();
      }),
    );
  }

  stop(): void {
    this.isStopped = true;
    document.removeEventListener('visibilitychange', this.wake);
    window.clearTimeout(this.timer);
    this.disposers.forEach((dispose) => dispose());
    this.feed.stop();
  }

  /** Retries everything that waits: the page is visible, or there is a log-in. */
  readonly wake = (): void => {
    if (document.visibilityState === 'hidden' || !isLoggedIn.peek()) return;
    this.feed.wake();
    for (const channel of this.channels) {
      if (this.feed.position(channel) === undefined) void this.startChannel(channel).catch(() => undefined); // the next wake tries again
    }
    this.refreshSoon(0);
  };

  refreshSoon(ms = SOON_MS): void {
    if (this.isStopped) return;
    if (this.isReading) return void (this.isAskedAgain = true);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), ms);
  }

  private async refresh(): Promise<void> {
    if (document.visibilityState === 'hidden' || !isLoggedIn.value) return; // wake() goes on
    this.isReading = true;
    this.isAskedAgain = false;
    try {
      await this.read();
      this.fault.value = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 401) this.fault.value = error;
    } finally {
      this.isReading = false;
      this.refreshSoon(this.isAskedAgain ? SOON_MS : REFRESH_MS);
    }
  }

  private async read(): Promise<void> {
    const [overview, adapters] = await Promise.all([
      this.api.get('/v1/operations/overview', { tries: 1 }),
      this.api.get('/v1/adapters', { tries: 1 }),
      this.deadLetters.read(),
      this.search.refresh(),
    ]);
    setServerTime(overview.asOf);
    this.overview.value = overview;
    this.adapters.value = adapters;
    await this.readDisplays(overview.branches.map(({ branchId }) => branchId));
  }

  private async readDisplays(branches: string[]): Promise<void> {
    const from = this.nextBranch < branches.length ? this.nextBranch : 0;
    const turn = branches.slice(from, from + BRANCHES_PER_ROUND);
    this.nextBranch = from + BRANCHES_PER_ROUND;
    const read = await Promise.all(
      turn.map((id) => this.api.get('/v1/branches/{id}/displays', { path: { id }, tries: 1 })),
    );
    const known = new Map([...this.displays.value].filter(([id]) => branches.includes(id)));
    for (const displays of read) known.set(displays.branchId, displays);
    this.displays.value = known;
  }

  /** Skips the log: the page reads the current state, and follows events from now on. */
  private async startChannel(channel: string): Promise<void> {
    const { lastSeq, epoch } = await logEnd(this.api, channel);
    this.feed.startAfter(channel, lastSeq, epoch);
    this.refreshSoon(0);
  }

  private onEvent(event: PushedEvent): void {
    if (!KNOWN.test(event.type)) {
      this.unknownEvents.value++;
      return;
    }
    if (event.type === 'kitchen:unattended') this.raise(event);
    const isSeenTo = ['kitchen:order_acknowledged', 'kitchen:order_preparing', 'order:cancelled'].includes(event.type);
    if (isSeenTo) this.alarms.value = this.alarms.value.filter(({ orderId }) => orderId !== event['orderId']);
    this.refreshSoon();
  }

  private raise(event: PushedEvent): void {
    const orderId = eventText(event, 'orderId') || undefined;
    const alarm = { orderId, reason: eventText(event, 'reason'), since: eventText(event, 'since') || event.occurredAt };
    const others = this.alarms.value.filter((one) => one.orderId !== orderId);
    this.alarms.value = [...others, alarm].slice(-ALARMS_MAX);
  }

  dismissAlarm(alarm: Alarm): void {
    this.alarms.value = this.alarms.value.filter((one) => one !== alarm);
  }
}
