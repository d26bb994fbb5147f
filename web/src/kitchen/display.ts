// The state of a kitchen display: the board, updated by the feed, and the actions that wait for the service.

import { computed, effect, signal, untracked } from '@preact/signals';
import { ApiClient } from '../base/api/client';
import { ApiError } from '../base/api/error';
import { clockJumps, setServerTime } from '../base/clock';
import { deviceId } from '../base/device';
import { newId } from '../base/ids';
import type { PushedEvent } from '../base/realtime/event';
import { Feed } from '../base/realtime/feed';
import { Receipts } from '../base/receipts';
import { currentToken, isLoggedIn, refuseToken, type Staff } from '../base/staff';
import { deviceStore } from '../base/storage';
import { UnreadEvents } from '../base/unread_events';
import { ACTIONS, type Action, type ActionKind, type ActionResult } from './actions';
import { USUAL_THRESHOLDS, type Thresholds } from './age';
import { allDay, arrange, stationOf } from './arrange';
import { boardOf, bumped, byLastBumped, confirmed, emptyBoard, withOrder, withoutOrder, withTicket, type BoardState, type Cue } from './board';
import { applyEvent } from './board_events';
import { concernsStation } from './station_filter';
import { EventBackfill } from './event_backfill';
import { BoardKeeper, loadKeptBoard } from './kept_board';
import { loadPendingChanges, savePendingChanges } from './pending_changes';
import { OrderReader } from '../base/order_reader';
import { preferences } from './preferences';
import { ActionQueue } from './action_queue';
import { VisibilityTracker } from './visibility';
import { isOpen, isPushed, looksLike, ticketsOf, type Ticket } from './ticket';
import { withPushed } from './pushed_orders';

export interface DisplayOptions {
  /** `about`: the event's fields, or what is known of them. */
  onCue: (cue: Cue, about: Readonly<Record<string, unknown>>) => void;
  onRefused: (action: Action, error: ApiError) => void;
  onFull: () => void;
  /** What was tried needs a log-in first. */
  onLogInNeeded: () => void;
  /** Waiting actions cannot be stored on this device; called once. */
  onNotStored: () => void;
}

const READ_AGAIN_MS = 2_000;
const OWN_RECALLS_MAX = 50;
/** How far back the log is searched for tickets bumped before this page was opened. */
const DONE_PAGES_MAX = 3;
const PAGE = 200;

export class Display {
  readonly board = signal<BoardState>(emptyBoard);
  /** Whether there is a board to show: read, or kept by this device. */
  readonly isLoaded = signal(false);
  readonly api = new ApiClient({ token: currentToken, onRefused: refuseToken });
  readonly feed: Feed;
  readonly queue: ActionQueue;
  readonly visibility: VisibilityTracker;
  readonly thresholds = signal<Thresholds>(USUAL_THRESHOLDS);
  readonly unknownEvents = signal(0);
  readonly columns;
  readonly allDay;
  private readonly channel: string;
  private readonly receipts: Receipts;
  private readonly reader: OrderReader;
  private readonly backfill: EventBackfill;
  private readonly unread = new UnreadEvents();
  private readonly ownRecalls = new Set<string>();
  /** Orders with an event that arrived while an action of this display was in flight. */
  private readonly overtaken = new Set<string>();
  private readonly disposers: (() => void)[] = [];
  private timer: number | undefined;
  private isNotStoredReported = false;
  /** Of the logs, as the board said. */
  private epoch: string | undefined;

  constructor(
    readonly staff: Staff,
    private readonly options: DisplayOptions,
  ) {
    this.channel = `kitchen:${staff.branchId}`;
    this.receipts = new Receipts(this.api, deviceId(), () => isLoggedIn.value);
    this.visibility = new VisibilityTracker((eventId) => this.receipts.seen(eventId));
    this.reader = new OrderReader(this.api, {
      isReady: () => isLoggedIn.value,
      onOrder: (order, added) => {
        this.unread.settle(order.id);
        this.board.value = withOrder(this.board.value, order, added);
      },
      onGone: (orderId) => {
        this.unread.settle(orderId);
        this.board.value = withoutOrder(this.board.value, orderId);
      },
    });
    this.backfill = new EventBackfill(this.api, {
      channel: this.channel,
      isReady: () => isLoggedIn.value,
      onEvent: ({ id }, orderId) => this.visibility.awaitVisible(id, orderId),
    });
    this.queue = new ActionQueue({
      store: deviceStore,
      storeKey: `orderpush.kitchen.queue.${staff.branchId}`,
      send: (action) => ACTIONS[action.kind].send(this.api, action),
      isReady: () => isLoggedIn.value,
      onDone: (action, result) => this.onDone(action, result),
      onRefused: (action, error) => this.onRefused(action, error),
    });
    this.feed = new Feed({
      api: this.api,
      channels: [this.channel],
      onEvent: (_, event) => this.onEvent(event),
      onRepeated: (event) => this.onRepeated(event),
      onGone: () => this.readBoard(),
      isReady: () => isLoggedIn.value,
      memberInfo: { name: staff.name, role: staff.role },
    });
    this.columns = computed(() => {
      const { layout, stationId } = preferences.value;
      return arrange(this.board.value, this.queue.waiting.value, layout, stationId);
    });
    this.allDay = computed(() => allDay(this.columns.value));
  }

  start(): void {
    const kept = loadKeptBoard(this.staff.branchId);
    this.board.value = { ...emptyBoard, ...kept, ...loadPendingChanges(this.staff.branchId) };
    this.isLoaded.value = kept !== undefined;
    this.feed.start();
    void this.readFirst();
    const keeper = new BoardKeeper(this.staff.branchId);
    this.disposers.push(
      effect(() => savePendingChanges(this.staff.branchId, this.board.value)),
      effect(() => {
        if (this.isLoaded.value) keeper.keep(this.board.value);
      }),
      () => keeper.stop(),
      effect(() => {
        const isThere = this.feed.state.value === 'live' || this.feed.state.value === 'polling';
        if (isThere) untracked(() => this.queue.wake());
      }),
      effect(() => {
        // What waits goes on with a log-in; without one the state is another, and what was to be read is not.
        if (!isLoggedIn.value) untracked(() => this.drawUnread());
        untracked(() => this.wake());
      }),
      this.onClockJump(() => void this.readFirst()),
    );
  }

  private onClockJump(then: () => void): () => void {
    const before = clockJumps.peek();
    return effect(() => {
      if (clockJumps.value !== before) untracked(then);
    });
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.disposers.forEach((dispose) => dispose());
    this.feed.stop();
    this.visibility.stop();
    this.queue.stop();
    this.reader.stop();
    this.backfill.stop();
  }

  /** Retries everything that waits: there is a network, or a log-in. */
  wake(): void {
    this.queue.wake();
    this.reader.wake();
    this.backfill.wake();
    this.feed.wake();
    if (this.feed.position(this.channel) === undefined) void this.readFirst();
  }

  act(kind: ActionKind, ticket: Ticket, more: Pick<Action, 'itemId' | 'reason'> = {}): void {
    if (isPushed(ticket.id)) return this.options.onLogInNeeded();
    const action = { key: newId(), kind, ticketId: ticket.id, orderId: ticket.orderId, at: Date.now(), ...more };
    if (!this.queue.add(action)) return this.options.onFull();
    this.reportIfNotStored();
    // Acting on a ticket confirms its changes.
    if (kind !== 'strike' && kind !== 'unstrike') this.confirm(ticket.id);
    if (kind === 'recall') this.rememberRecall(ticket.id);
  }

  private reportIfNotStored(): void {
    if (this.queue.isStored || this.isNotStoredReported) return;
    this.isNotStoredReported = true;
    this.options.onNotStored();
  }

  confirm(ticketId: string): void {
    this.board.value = confirmed(this.board.value, ticketId);
  }

  /** Adds tickets to `done` that were bumped before this page was opened, from the log. Throws ApiError. */
  async findDone(): Promise<void> {
    const known = new Set(this.board.value.done.map(({ id }) => id));
    for (const ticketId of await this.completedInLog()) {
      if (known.has(ticketId) || this.board.value.tickets.has(ticketId)) continue;
      const ticket = await this.api.get('/v1/tickets/{id}', { path: { id: ticketId } });
      if (ticket.status === 'completed') this.board.value = bumped(this.board.value, ticket);
    }
    const done = [...this.board.value.done].sort(byLastBumped);
    this.board.value = { ...this.board.value, done };
  }

  private async readFirst(): Promise<void> {
    if (!isLoggedIn.value) return;
    try {
      await this.readBoard();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.readFirst(), READ_AGAIN_MS);
    }
  }

  private async readBoard(): Promise<void> {
    const document = await this.api.get('/v1/branches/{id}/board', { path: { id: this.staff.branchId }, tries: 1 });
    setServerTime(document.asOf);
    this.thresholds.value = document.ticketAges;
    const before = this.board.value;
    // In another log everything may have been otherwise, what waits for a cook's look included.
    const isOtherLog = this.epoch !== undefined && document.epoch !== this.epoch;
    this.epoch = document.epoch;
    this.board.value = boardOf(document, isOtherLog ? emptyBoard : before);
    if (this.isLoaded.value) this.ringForNew(before);
    this.isLoaded.value = true;
    const position = document.seq[this.channel] ?? 0;
    this.feed.startAfter(this.channel, position, document.epoch);
    const pending = [...this.board.value.tickets.values()].filter(({ status }) => status === 'pending');
    this.backfill.find(new Set(pending.map(({ orderId }) => orderId)), position);
  }

  /** Orders whose events did not come, or came too early: they are rung for once, however many there are. */
  private ringForNew({ tickets: before }: BoardState): void {
    const stationId = stationOf(this.board.value, preferences.value.stationId);
    const fresh = [...this.board.value.tickets.values()].find(
      (ticket) => ticket.status === 'pending' && !before.has(ticket.id) && (stationId === undefined || ticket.stationId === stationId),
    );
    if (fresh) this.options.onCue('created', { orderId: fresh.orderId });
  }

  private onEvent(event: PushedEvent): void {
    this.receipts.received(event.id);
    const before = this.board.value;
    const applied = applyEvent(before, event);
    if (applied.isUnknown) this.unknownEvents.value++;
    this.board.value = applied.state;
    const { orderId, ticketId } = event;
    if (typeof orderId === 'string') this.onOrderEvent(orderId, event.id);
    if (applied.reread) this.readOrDraw(event, applied.reread);
    const isOwnRecall = event.type === 'kitchen:order_recalled' && this.ownRecalls.delete(String(ticketId));
    if (isOwnRecall) return this.confirm(String(ticketId));
    if (applied.cue) this.ring(applied.cue, event, before);
  }

  /** Without a log-in the order is drawn as the event has it, and read when there is one. */
  private readOrDraw(event: PushedEvent, { orderId, added }: { orderId: string; added: readonly string[] }): void {
    this.unread.add(orderId, event);
    this.reader.read(orderId, added);
    if (!isLoggedIn.value) this.drawUnread();
  }

  private drawUnread(): void {
    for (const event of this.unread.take()) this.board.value = withPushed(this.board.value, event, this.staff.branchId);
  }

  /** The order is still to be taken: ring once more. */
  private onRepeated(event: PushedEvent): void {
    this.receipts.received(event.id);
    const board = this.board.value;
    const isWaiting = [...board.tickets.values()].some(({ orderId, status }) => orderId === event['orderId'] && status === 'pending');
    if (event.type !== 'order:created' || !isWaiting) return;
    this.visibility.awaitVisible(event.id, String(event['orderId']));
    this.ring('created', event, board);
  }

  private ring(cue: Cue, event: PushedEvent, before: BoardState): void {
    const stationId = stationOf(before, preferences.value.stationId);
    if (concernsStation(event, stationId, before, this.board.value)) this.options.onCue(cue, event);
  }

  private onOrderEvent(orderId: string, eventId: string): void {
    this.reader.rereadIfLoading(orderId);
    this.visibility.awaitVisible(eventId, orderId);
    if (this.queue.waiting.value.some((action) => action.orderId === orderId)) this.overtaken.add(orderId);
  }

  private onDone(action: Action, result: ActionResult | undefined): void {
    const isOvertaken = this.overtaken.delete(action.orderId);
    // A cancellation is final: no event that has overtaken its response can be newer.
    const isLastWord = action.kind === 'accept';
    if (!result || (isOvertaken && !isLastWord && this.differs(result))) return this.reader.read(action.orderId);
    const state = this.board.value;
    this.board.value = 'ticket' in result ? withTicket(state, result.ticket) : withOrder(state, result.order);
    if (action.kind !== 'accept' || !('order' in result)) return;
    // The cook who accepted the cancellation has confirmed it.
    for (const { id } of result.order.tickets) this.confirm(id);
  }

  /** Whether the response differs from what is shown; what is shown may be newer. */
  private differs(result: ActionResult): boolean {
    const { tickets } = this.board.value;
    const received = 'ticket' in result ? [result.ticket] : ticketsOf(result.order);
    return received.some((ticket) => {
      const shown = tickets.get(ticket.id);
      return shown ? !looksLike(shown, ticket) : isOpen(ticket);
    });
  }

  private onRefused(action: Action, error: ApiError): void {
    this.overtaken.delete(action.orderId);
    this.reader.read(action.orderId);
    this.options.onRefused(action, error);
  }

  private rememberRecall(ticketId: string): void {
    this.ownRecalls.add(ticketId);
    if (this.ownRecalls.size <= OWN_RECALLS_MAX) return;
    const [oldest] = this.ownRecalls;
    if (oldest !== undefined) this.ownRecalls.delete(oldest);
  }

  /** Ids of bumped tickets, the last first. */
  private async completedInLog(): Promise<string[]> {
    const ids: string[] = [];
    let end = this.feed.position(this.channel) ?? 0;
    for (let page = 0; page < DONE_PAGES_MAX && end > 0 && ids.length < this.board.value.done.length + 20; page++) {
      const after = Math.max(0, end - PAGE);
      const { events } = await this.api.get('/v1/channels/{channel}/events', {
        path: { channel: this.channel },
        query: { after, limit: PAGE },
      });
      const bumps = events.filter(({ type, seq }) => type === 'kitchen:order_completed' && seq <= end);
      ids.push(...bumps.map((event) => String(event['ticketId'])).reverse());
      end = after;
    }
    return [...new Set(ids)].slice(0, 20);
  }
}
