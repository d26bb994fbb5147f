// The kitchen display without its looks: the board, kept true by the feed; the actions, kept until they are done.

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
import { ACTIONS, type Action, type ActionKind, type Truth } from './actions';
import { USUAL_THRESHOLDS, type Thresholds } from './age';
import { allDay, arrange, stationOf } from './arrange';
import { boardOf, bumped, byLastBumped, confirmed, emptyBoard, withOrder, withoutOrder, withTicket, type BoardState, type Cue } from './board';
import { applyEvent } from './board_events';
import { concerns } from './concern';
import { DrawnEvents } from './drawn_events';
import { keptChanges, keepChanges } from './kept_changes';
import { OrderReader } from '../base/order_reader';
import { preferences } from './preferences';
import { ActionQueue } from './queue';
import { Sight } from './sight';
import { isOpen, looksLike, ticketsOf, type Ticket } from './ticket';

export interface DisplayOptions {
  onCue: (cue: Cue, event: PushedEvent) => void;
  onRefused: (action: Action, error: ApiError) => void;
  onFull: () => void;
  /** What waits is not stored; told once. */
  onNotKept: () => void;
}

const READ_AGAIN_MS = 2_000;
const OWN_RECALLS_MAX = 50;
/** How far back the log is looked through for what was bumped before this page was opened. */
const DONE_PAGES_MAX = 3;
const PAGE = 200;

export class Display {
  readonly board = signal<BoardState>(emptyBoard);
  /** Whether the board was read at least once. */
  readonly isLoaded = signal(false);
  readonly api = new ApiClient({ token: currentToken, onRefused: refuseToken });
  readonly feed: Feed;
  readonly queue: ActionQueue;
  readonly sight: Sight;
  readonly thresholds = signal<Thresholds>(USUAL_THRESHOLDS);
  readonly unknownEvents = signal(0);
  readonly columns;
  readonly allDay;
  private readonly channel: string;
  private readonly receipts: Receipts;
  private readonly reader: OrderReader;
  private readonly drawn: DrawnEvents;
  private readonly ownRecalls = new Set<string>();
  /** Orders of which something was pushed while an action of ours was under way. */
  private readonly overtaken = new Set<string>();
  private readonly endings: (() => void)[] = [];
  private timer: number | undefined;
  private isNotKeptTold = false;

  constructor(
    readonly staff: Staff,
    private readonly options: DisplayOptions,
  ) {
    this.channel = `kitchen:${staff.branchId}`;
    this.receipts = new Receipts(this.api, deviceId(), () => isLoggedIn.value);
    this.sight = new Sight((eventId) => this.receipts.seen(eventId));
    this.reader = new OrderReader(this.api, {
      isReady: () => isLoggedIn.value,
      onOrder: (order, added) => (this.board.value = withOrder(this.board.value, order, added)),
      onGone: (orderId) => (this.board.value = withoutOrder(this.board.value, orderId)),
    });
    this.drawn = new DrawnEvents(this.api, {
      channel: this.channel,
      isReady: () => isLoggedIn.value,
      onEvent: ({ id }, orderId) => this.sight.expect(id, orderId),
    });
    this.queue = new ActionQueue({
      store: deviceStore,
      storeKey: `orderpush.kitchen.queue.${staff.branchId}`,
      send: (action) => ACTIONS[action.kind].send(this.api, action),
      isReady: () => isLoggedIn.value,
      onDone: (action, truth) => this.onDone(action, truth),
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
    this.board.value = { ...emptyBoard, ...keptChanges(this.staff.branchId) };
    this.feed.start();
    void this.readFirst();
    this.endings.push(
      effect(() => keepChanges(this.staff.branchId, this.board.value)),
      effect(() => {
        const isThere = this.feed.state.value === 'live' || this.feed.state.value === 'polling';
        if (isThere) untracked(() => this.queue.wake());
      }),
      effect(() => {
        if (isLoggedIn.value) untracked(() => this.wake());
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
    this.endings.forEach((end) => end());
    this.feed.stop();
    this.sight.stop();
    this.queue.stop();
    this.reader.stop();
    this.drawn.stop();
  }

  /** Something is possible again. */
  wake(): void {
    this.queue.wake();
    this.reader.wake();
    this.drawn.wake();
    this.feed.wake();
    if (!this.isLoaded.value) void this.readFirst();
  }

  act(kind: ActionKind, ticket: Ticket, more: Pick<Action, 'itemId' | 'reason'> = {}): void {
    const action = { key: newId(), kind, ticketId: ticket.id, orderId: ticket.orderId, at: Date.now(), ...more };
    if (!this.queue.add(action)) return this.options.onFull();
    this.tellIfNotKept();
    // Whoever does something with a ticket has seen what changed on it.
    if (kind !== 'strike' && kind !== 'unstrike') this.confirm(ticket.id);
    if (kind === 'recall') this.rememberRecall(ticket.id);
  }

  private tellIfNotKept(): void {
    if (this.queue.isKept || this.isNotKeptTold) return;
    this.isNotKeptTold = true;
    this.options.onNotKept();
  }

  confirm(ticketId: string): void {
    this.board.value = confirmed(this.board.value, ticketId);
  }

  /** What can be recalled: seen by this page, and before it was opened, from the log. Throws ApiError. */
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
    this.board.value = boardOf(document, this.board.value);
    this.isLoaded.value = true;
    const position = document.seq[this.channel] ?? 0;
    this.feed.startAfter(this.channel, position);
    const pending = [...this.board.value.tickets.values()].filter(({ status }) => status === 'pending');
    this.drawn.find(new Set(pending.map(({ orderId }) => orderId)), position);
  }

  private onEvent(event: PushedEvent): void {
    this.receipts.received(event.id);
    const before = this.board.value;
    const applied = applyEvent(before, event);
    if (applied.isUnknown) this.unknownEvents.value++;
    this.board.value = applied.state;
    const { orderId, ticketId } = event;
    if (typeof orderId === 'string') this.heardOf(orderId, event.id);
    if (applied.reread) this.reader.read(applied.reread.orderId, applied.reread.added);
    const isOwnRecall = event.type === 'kitchen:order_recalled' && this.ownRecalls.delete(String(ticketId));
    if (isOwnRecall) return this.confirm(String(ticketId));
    if (applied.cue) this.ring(applied.cue, event, before);
  }

  /** The order is still to be taken: ring once more. */
  private onRepeated(event: PushedEvent): void {
    this.receipts.received(event.id);
    const board = this.board.value;
    const isWaiting = [...board.tickets.values()].some(({ orderId, status }) => orderId === event['orderId'] && status === 'pending');
    if (event.type !== 'order:created' || !isWaiting) return;
    this.sight.expect(event.id, String(event['orderId']));
    this.ring('created', event, board);
  }

  private ring(cue: Cue, event: PushedEvent, before: BoardState): void {
    const stationId = stationOf(before, preferences.value.stationId);
    if (concerns(event, stationId, before, this.board.value)) this.options.onCue(cue, event);
  }

  private heardOf(orderId: string, eventId: string): void {
    this.reader.heard(orderId);
    this.sight.expect(eventId, orderId);
    if (this.queue.waiting.value.some((action) => action.orderId === orderId)) this.overtaken.add(orderId);
  }

  private onDone(action: Action, truth: Truth | undefined): void {
    const isOvertaken = this.overtaken.delete(action.orderId);
    // A cancellation is the last word on an order: no event that has overtaken it says more.
    const isLastWord = action.kind === 'accept';
    if (!truth || (isOvertaken && !isLastWord && this.differs(truth))) return this.reader.read(action.orderId);
    const state = this.board.value;
    this.board.value = 'ticket' in truth ? withTicket(state, truth.ticket) : withOrder(state, truth.order);
    if (action.kind !== 'accept' || !('order' in truth)) return;
    // Who agreed to the cancellation need not be told of it.
    for (const { id } of truth.order.tickets) this.confirm(id);
  }

  /** From what is shown, which may be newer than an answer that an event has overtaken. */
  private differs(truth: Truth): boolean {
    const { tickets } = this.board.value;
    const answered = 'ticket' in truth ? [truth.ticket] : ticketsOf(truth.order);
    return answered.some((ticket) => {
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
      ids.push(...bumps.map((event) => String((event as PushedEvent)['ticketId'])).reverse());
      end = after;
    }
    return [...new Set(ids)].slice(0, 20);
  }
}
