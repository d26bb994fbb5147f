// The events of some channels, each once and in order: pushed while there is a connection, fetched where there is a gap
// or no connection. The page sets the start position, and reads its content again when the log no longer reaches back to it.

import { signal, type ReadonlySignal } from '@preact/signals';
import type { ApiClient } from '../api/client';
import { ApiError } from '../api/error';
import { backoffMs } from '../backoff';
import { ChannelLog } from './channel_log';
import { asEvent, type PushedEvent } from './event';
import { openLink, orderChannel } from './link';
import type { Link, OfferedChannel, OpenLink, Realtime } from './link_types';

/**
 * live: pushed as it happens. polling: fetched every few seconds. offline: nobody answers. unheard: nothing is pushed, and
 * without a log-in nothing can be fetched.
 */
export type FeedState = 'connecting' | 'live' | 'polling' | 'offline' | 'unheard';

export interface FeedOptions {
  api: ApiClient;
  /** Logical names: `kitchen:{branchId}`. Those that this caller is not offered are left out. */
  channels: string[];
  onEvent: (channel: string, event: PushedEvent) => void;
  /** A delivered event is pushed once more: the service has no receipt for it, or repeated it after a crash. */
  onRepeated?: (event: PushedEvent) => void;
  /** The feed cannot go on from its position: the log no longer reaches back to it, or is another one since the database was
   * restored. Read the page's content again, then startAfter(). Until then nothing counts as live. */
  onGone: (channel: string) => Promise<void>;
  /** False: nobody is logged in. What is joined goes on; the rest waits for wake(). */
  isReady: () => boolean;
  memberInfo?: Record<string, string>;
  openLink?: OpenLink;
  /** Interval of the check of connection and gaps. Default: 5 s. */
  checkEveryMs?: number;
}

/** Without a connection for this long, GET /v1/realtime is read again: the provider may have changed. */
const RELINK_AFTER_MS = 15_000;
/** A hosted provider may lose a message that no later one shows to be missing. */
const VERIFY_EVERY_MS = 60_000;
/** Subscribing usually takes less; beyond it the state becomes "polling". */
const JOINING_MS = 4_000;
const PAGE = 200;
const EPOCH_BEGAN = 'realtime:epoch_began';

interface CatchUp {
  isAskedAgain: boolean;
  /** The page has read its content again, once at most in a run. */
  hasRestarted: boolean;
  answered: Promise<boolean>;
}

export class Feed {
  readonly state: ReadonlySignal<FeedState>;
  /** Events delivered, repeated ones, and messages that are not events of the service. */
  readonly counts = { delivered: 0, repeated: 0, foreign: 0 };
  private readonly current = signal<FeedState>('connecting');
  private readonly logs = new Map<string, ChannelLog>();
  private readonly joined = new Set<string>();
  private readonly catchingUp = new Map<string, CatchUp>();
  /** Channels whose content the page has to read again. */
  private readonly gone = new Set<string>();
  private offered: string[] = [];
  private readonly orders = new Set<string>();
  private protocol: Realtime['protocol'] | undefined;
  private link: Link | undefined;
  private provider = '';
  private generation = 0;
  private lastLinked = 0;
  private lastVerified = 0;
  private joiningSince = 0;
  private failures = 0;
  private timer: number | undefined;
  private isLinking = false;
  private isChecking = false;
  private isCheckDue = false;

  constructor(private readonly options: FeedOptions) {
    this.state = this.current;
    for (const channel of options.channels) {
      this.logs.set(channel, new ChannelLog((event) => this.deliver(channel, event)));
    }
  }

  start(): void {
    window.addEventListener('online', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    this.schedule(0);
  }

  stop(): void {
    window.removeEventListener('online', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    window.clearTimeout(this.timer);
    this.drop();
    this.generation++;
  }

  /** The page shows all of that channel up to `seq` of the log of that epoch. */
  startAfter(channel: string, seq: number, epoch?: string): void {
    const log = this.logs.get(channel);
    const isBehind = (log?.position ?? seq) > seq;
    // A response that was long on its way may be of the log before.
    const isOtherLog = log?.epoch !== undefined && epoch !== undefined && log.epoch !== epoch;
    log?.startAfter(seq, epoch);
    if (this.gone.delete(channel)) this.updateState(true);
    if (isBehind || isOtherLog || log?.hasGap) void this.catchUp(channel);
  }

  /** From now on also the channel of that order, from the beginning of its log. */
  followOrder(orderId: string): void {
    const name = `order:${orderId}`;
    if (this.logs.has(name)) return;
    const log = new ChannelLog((event) => this.deliver(name, event));
    log.startAfter(0);
    this.logs.set(name, log);
    this.orders.add(orderId);
    this.joinOrders();
    void this.catchUp(name);
  }

  position(channel: string): number | undefined {
    return this.logs.get(channel)?.position;
  }

  /** Checks now: there is a log-in or a network, or the page became visible. */
  readonly wake = (): void => {
    if (document.visibilityState === 'hidden') return;
    this.failures = 0;
    this.lastVerified = 0;
    if (this.current.value !== 'live') this.link?.reconnectNow();
    this.schedule(0);
  };

  private schedule(ms: number): void {
    if (this.isChecking) {
      this.isCheckDue ||= ms === 0;
      return;
    }
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), ms);
  }

  /** Checks once, and schedules the next check. */
  private async check(): Promise<void> {
    const { generation } = this;
    this.isChecking = true;
    this.isCheckDue = false;
    if (this.options.isReady()) await this.maintain();
    else this.current.value = this.isAllJoined() ? 'live' : 'unheard';
    this.isChecking = false;
    if (generation !== this.generation) return;
    if (this.isCheckDue) return this.schedule(0);
    const every = this.options.checkEveryMs ?? 5_000;
    this.schedule(this.failures > 0 ? Math.max(every / 4, backoffMs(this.failures, { maxMs: every })) : every);
  }

  private async maintain(): Promise<void> {
    const now = Date.now();
    const isLive = this.isAllJoined();
    if (!isLive && now - this.lastLinked > RELINK_AFTER_MS) await this.relink();
    if (this.isAllJoined() && this.gone.size === 0 && now - this.lastVerified < VERIFY_EVERY_MS) return;
    this.lastVerified = now;
    const answers = await Promise.all([...this.logs.keys()].map((channel) => this.catchUp(channel)));
    const isAnswered = answers.every(Boolean);
    this.failures = isAnswered ? 0 : this.failures + 1;
    this.updateState(isAnswered);
  }

  private isAllJoined(): boolean {
    return this.offered.length > 0 && this.offered.every((channel) => this.joined.has(channel));
  }

  private updateState(isAnswered: boolean): void {
    if (this.isAllJoined() && this.gone.size === 0) this.current.value = 'live';
    else if (!isAnswered) this.current.value = 'offline';
    else this.current.value = Date.now() - this.joiningSince < JOINING_MS ? 'connecting' : 'polling';
  }

  /** Connects to the current provider; a connection to the same provider that is still trying is kept. */
  private async relink(): Promise<void> {
    if (this.isLinking) return;
    this.isLinking = true;
    const { generation } = this;
    try {
      const realtime = await this.options.api.get('/v1/realtime', { tries: 1 });
      if (generation !== this.generation) return;
      this.lastLinked = Date.now();
      const identity = JSON.stringify([realtime.provider, realtime.options, realtime.channels]);
      if (this.link && identity === this.provider) return this.link.reconnectNow();
      await this.connect(realtime);
      this.provider = identity;
    } catch {
      this.failures++; // shown by the state; the next check tries again
    } finally {
      this.isLinking = false;
    }
  }

  private async connect(realtime: Realtime): Promise<void> {
    const { generation } = this;
    const before = this.link;
    const channels = this.channelsIn(realtime);
    this.offered = channels.map(({ name }) => name);
    this.joined.clear();
    this.joiningSince = Date.now();
    let isCurrent = true;
    const link = await (this.options.openLink ?? openLink)({
      realtime,
      channels,
      api: this.options.api,
      memberInfo: this.options.memberInfo ?? {},
      events: {
        onJoined: (channel) => isCurrent && this.onJoined(channel),
        onLeft: (channel) => isCurrent && this.onLeft(channel),
        onMessage: (channel, data) => this.onMessage(channel, data),
        onConnected: (isConnected) => isCurrent && this.onConnected(isConnected),
      },
    });
    before?.close();
    if (generation !== this.generation) return link.close();
    this.protocol = realtime.protocol;
    this.link = {
      reconnectNow: () => link.reconnectNow(),
      join: (channel) => link.join(channel),
      close: () => {
        isCurrent = false;
        link.close();
      },
    };
    this.joinOrders();
  }

  private channelsIn({ channels, protocol }: Realtime): OfferedChannel[] {
    const usual = channels.filter(({ name }) => this.logs.has(name));
    return [...usual, ...[...this.orders].map((orderId) => orderChannel(orderId, protocol))];
  }

  /** Those followed since the connection was opened. */
  private joinOrders(): void {
    for (const orderId of this.orders) {
      if (!this.link || !this.protocol || this.offered.includes(`order:${orderId}`)) continue;
      this.offered.push(`order:${orderId}`);
      this.link.join(orderChannel(orderId, this.protocol));
    }
  }

  private drop(): void {
    this.link?.close();
    this.link = undefined;
    this.provider = '';
    this.joined.clear();
  }

  private onConnected(isConnected: boolean): void {
    if (isConnected) return;
    this.joined.clear();
    this.joinAgain();
  }

  private onLeft(channel: string): void {
    if (this.joined.delete(channel)) this.joinAgain();
  }

  private joinAgain(): void {
    if (this.current.value === 'live') {
      this.current.value = 'connecting';
      this.joiningSince = Date.now();
    }
    this.schedule(0);
  }

  private onJoined(channel: string): void {
    this.joined.add(channel);
    this.verify(channel);
  }

  private onMessage(channel: string, data: unknown): void {
    const event = asEvent(data);
    const log = this.logs.get(channel);
    if (!event || !log) {
      this.counts.foreign++;
      return;
    }
    if (event.type === EPOCH_BEGAN) return [...this.logs.keys()].forEach((one) => this.verify(one));
    if (!log.offer(event)) {
      this.counts.repeated++;
      // Another event at a position that is past: it may be one of another log.
      if (log.position !== undefined && !log.isKnown(event)) void this.catchUp(channel);
      this.options.onRepeated?.(event);
    }
    if (!log.hasGap) return;
    if (this.options.isReady()) return void this.catchUp(channel);
    this.gone.add(channel); // read with the next log-in
    log.skipGap();
  }

  /** Whether the position is still one of the service's log, and what is missing behind it. */
  private verify(channel: string): void {
    void this.catchUp(channel).then((isAnswered) => this.updateState(isAnswered));
  }

  private deliver(channel: string, event: PushedEvent): void {
    this.counts.delivered++;
    if (event.type === EPOCH_BEGAN) return;
    if (event.type === 'realtime:provider_changed') {
      this.lastLinked = 0;
      void this.relink();
    }
    this.options.onEvent(channel, event);
  }

  /** Whether the service answered. One at a time per channel: a call meanwhile causes one more fetch. */
  private catchUp(channel: string): Promise<boolean> {
    const running = this.catchingUp.get(channel);
    if (running) {
      running.isAskedAgain = true;
      return running.answered;
    }
    const started: CatchUp = { isAskedAgain: false, hasRestarted: false, answered: Promise.resolve(true) };
    this.catchingUp.set(channel, started);
    started.answered = this.fetchRepeatedly(channel, started).finally(() => this.catchingUp.delete(channel));
    return started.answered;
  }

  private async fetchRepeatedly(channel: string, run: CatchUp): Promise<boolean> {
    for (;;) {
      run.isAskedAgain = false;
      const isAnswered = this.gone.has(channel) ? await this.restart(channel, run) : await this.fetchMissing(channel, run);
      if (!isAnswered || !run.isAskedAgain) return isAnswered;
    }
  }

  private async fetchMissing(channel: string, run: CatchUp): Promise<boolean> {
    const log = this.logs.get(channel);
    if (log?.position === undefined || !this.options.isReady()) return this.isServiceThere();
    try {
      for (;;) {
        const after: number = log.position;
        const page = await this.options.api.get('/v1/channels/{channel}/events', {
          path: { channel },
          query: { after, limit: PAGE, ...(log.epoch === undefined ? {} : { epoch: log.epoch }) },
          tries: 1,
        });
        // Meanwhile the page may have begun anew.
        if (log.position === undefined || (log.epoch !== undefined && page.epoch !== log.epoch)) return true;
        if (log.epoch === undefined) log.startAfter(log.position, page.epoch);
        for (const event of page.events) log.offer(event);
        if (page.next === null) {
          log.confirmUpTo(page.lastSeq);
          return true;
        }
        if (log.position <= after) log.startAfter(page.next);
      }
    } catch (error) {
      return this.afterRefusal(channel, run, error);
    }
  }

  private async afterRefusal(channel: string, run: CatchUp, error: unknown): Promise<boolean> {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 410) {
      this.logs.get(channel)?.forget();
      this.gone.add(channel);
      if (this.current.value === 'live') this.current.value = 'connecting';
      return this.restart(channel, run);
    }
    return error.kind === 'problem' && !error.isTransient;
  }

  /** What the page shows of the channel is read anew, and followed from there; what fails is tried again at the next check. */
  private async restart(channel: string, run: CatchUp): Promise<boolean> {
    if (run.hasRestarted || !this.options.isReady()) return this.isServiceThere();
    run.hasRestarted = true;
    try {
      await this.options.onGone(channel);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.kind === 'problem' && !error.isTransient;
    }
    run.isAskedAgain = true;
    return true;
  }

  /** Without a position yet the page itself is still reading. */
  private isServiceThere(): boolean {
    return this.failures === 0;
  }
}
