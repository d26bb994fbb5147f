// Orders flow while the service is killed, the database restarts and the hosted provider misbehaves; then everything
// that was accepted is compared with everything that arrived.

import { logIn, sitDown } from '../support/fixtures.mjs';
import { ABLY_KEY, AblyProvider, PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';
import { DisplayClient } from './display_client.mjs';
import { OrderTraffic } from './order_traffic.mjs';
import { isPassed, judgeArrivals, judgeOrders, sum } from './verdict.mjs';

// order:created goes to kitchen, waiters, table, session and order.
const CHANNELS_PER_ORDER = 5;
const ROUND_MS_MAX = 2_500;
const EARLY_MS_MAX = 150;
const GUESTS = 6;
const LOOK_MS = 500;

const FAULTS = {
  500: { status: 500, body: 'oops\n' },
  429: { status: 429, headers: { 'Retry-After': '1' }, body: 'slow down\n' },
  portal: { status: 200, body: '<html>captive portal</html>' },
  ...Object.fromEntries(['cut', 'reset', 'hang', 'half', 'drip', 'garbage', 'lose'].map((name) => [name, name])),
};

const HOSTED = { PUSH_ADAPTERS: 'pusher,ably', PUSH_MODE: 'failover' };

/** What runs, and how many of it. */
export const MODES = {
  // The built-in server with displays on it, and Pusher.
  mirror: { settings: { PUSH_ADAPTERS: 'builtin,pusher', PUSH_MODE: 'mirror' }, instances: 1 },
  // Pusher, and Ably while it is out.
  failover: { settings: HOSTED, instances: 1 },
  // The same with a second instance on the database; one of the two is killed in each round.
  pair: { settings: HOSTED, instances: 2 },
};

const SETTINGS = {
  PUSHER_APP_ID: PUSHER.appId,
  PUSHER_KEY: PUSHER.key,
  PUSHER_SECRET: PUSHER.secret,
  RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
  RATE_LIMIT_SESSION_PER_MINUTE: '0',
  RATE_LIMIT_TABLE_PER_MINUTE: '0',
  RATE_LIMIT_CALLER_PER_MINUTE: '0',
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Numbers of [0, 1) that a seed repeats (mulberry32). */
export function chanceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PRESENCE = new Set(['kitchen', 'waiters', 'session']);

/** What a channel is called at Pusher and at the built-in server; Ably has our own names. */
function providerNameOf(channel) {
  const [kind, id] = channel.split(':');
  if (kind === 'menu') return `menu-${id}`;
  return `${PRESENCE.has(kind) ? 'presence' : 'private'}-${kind}-${id}`;
}

export class ChaosLoad {
  /** `restartDatabase()`: takes the database away at once and brings it back; `say(line)`: progress; `begun(chaos)`: all runs. */
  constructor({ mode, rounds, seconds, seed, pauseMs, drainSeconds, restartDatabase, say, begun = () => {} }) {
    Object.assign(this, { mode, rounds, seconds, pauseMs, drainSeconds, restartDatabase, say, begun });
    this.chance = chanceOf(seed);
    this.done = { rounds: 0, databaseRestarts: 0, faults: {}, kills: {} };
    this.displays = [];
    this.services = []; // by place
  }

  /** {rows: {name: verdict}, complaints, isPassed, …} */
  async run() {
    await this.#begin();
    this.begun(this);
    const began = Date.now();
    while (this.done.rounds < this.rounds && Date.now() - began < this.seconds * 1000) await this.#round();
    this.provider.permanent = null;
    await this.traffic.end();
    // What the service publishes by itself from here on may arrive and need not.
    const recorded = await this.#recorded();
    const drainMs = await this.#drain(recorded);
    return { ...(await this.#judge(recorded)), drainMs, loadMs: Date.now() - began - drainMs };
  }

  async #begin() {
    this.restaurant = await createRestaurant();
    this.provider = await new PusherProvider().start();
    this.ably = await new AblyProvider().start();
    this.#keepArrivals();
    this.settings = {
      ...SETTINGS,
      ...MODES[this.mode].settings,
      PUSHER_HOST: this.provider.url,
      ABLY_API_KEY: ABLY_KEY,
      ABLY_REST_HOST: this.ably.url,
    };
    this.ports = [];
    for (let place = 0; place < MODES[this.mode].instances; ++place) {
      this.ports.push(String(await freePort()));
      await this.#start(place);
    }
    const service = () => this.#pick(this.services);
    this.traffic = new OrderTraffic({ service, chance: this.chance, pauseMs: this.pauseMs });
    for (const branch of this.restaurant.demo.branches) await this.#open(branch, service);
  }

  /** What the hosted providers took, as one list in order of arrival: {channel, seq, id} with Pusher's names. */
  #keepArrivals() {
    this.taken = [];
    this.takenByAbly = 0;
    this.provider.onTaken = ({ channel, data }) => this.taken.push({ channel, seq: data.seq, id: data.id });
    this.ably.onTaken = ({ channel, data }) => {
      this.takenByAbly += 1;
      this.taken.push({ channel: providerNameOf(channel), seq: data.seq, id: data.id });
    };
  }

  async #open(branch, service) {
    if (this.mode === 'mirror') await this.#openDisplays(branch, service);
    const guests = [];
    const perBranch = GUESTS / this.restaurant.demo.branches.length;
    for (const table of branch.tables.slice(0, perBranch)) guests.push(await sitDown(service(), table));
    const menuItemId = branch.menuItems[0].id;
    guests.forEach((guest, n) => this.traffic.addGuest(guest, { items: [{ menuItemId, quantity: 1 + n }] }, `${branch.id.slice(-4)}-${n}`));
    this.traffic.addWaiter(await logIn(service(), branch, 'WAITER'), guests);
  }

  /** In the kitchen and for the waiters of a branch. */
  async #openDisplays(branch, service) {
    for (const [role, kind] of [['KITCHEN', 'kitchen'], ['WAITER', 'waiters']]) {
      const token = await logIn(service(), branch, role);
      const channel = `${kind}:${branch.id}`;
      for (let n = 0; n < 2; ++n) {
        const display = new DisplayClient({ service, token, channel, providerName: providerNameOf(channel) });
        this.displays.push(display);
        await display.join();
      }
    }
  }

  async #start(place) {
    this.services[place] = await startService(this.restaurant.database.url, { ...this.settings, PORT: this.ports[place] });
  }

  #pick(list) {
    return list[Math.floor(this.chance() * list.length)];
  }

  async #round() {
    const fault = this.chance() < 0.4 ? this.#pick(Object.keys(FAULTS)) : null;
    const restart = this.chance() < 0.15 ? this.#restartDatabase() : null;
    const timing = this.#pick(['moment', 'moment', 'publish', 'answer', 'early']);
    if (fault) {
      this.provider.permanent = FAULTS[fault];
      this.done.faults[fault] = (this.done.faults[fault] ?? 0) + 1;
    }
    await this.#awaitKill(timing);
    const place = Math.floor(this.chance() * this.services.length);
    await this.services[place].kill();
    if (this.chance() < 0.5) this.provider.permanent = null; // else it is still at it when the service is back
    this.done.kills[timing] = (this.done.kills[timing] ?? 0) + 1;
    await restart;
    await this.#start(place);
    this.provider.permanent = null;
    this.#reload();
    this.done.rounds += 1;
    if (this.done.rounds % 10 === 0) this.say(`${this.done.rounds} rounds, ${this.traffic.answered.length} orders`);
  }

  async #restartDatabase() {
    await pause(this.chance() * 500);
    await this.restartDatabase(this.restaurant.database);
    this.done.databaseRestarts += 1;
  }

  /** Until the moment to kill: by the clock, in the middle of a publish, as soon as a guest has an answer, or soon after a start. */
  async #awaitKill(timing) {
    const atMost = pause(this.chance() * (timing === 'early' ? EARLY_MS_MAX : ROUND_MS_MAX));
    if (timing === 'moment' || timing === 'early') return atMost;
    const [source, hook] = timing === 'publish' ? [this.provider, 'onRequest'] : [this.traffic, 'onAnswer'];
    await atMost;
    await Promise.race([new Promise((resolve) => (source[hook] = resolve)), pause(ROUND_MS_MAX)]);
    source[hook] = null;
  }

  /** Every other display is loaded anew, as staff do; the rest is left to pusher-js. */
  #reload() {
    this.displays.forEach(({ device }, n) => {
      if (n % 2 === 0 || device.pusher.connection.state === 'connected') return;
      device.pusher.disconnect();
      device.pusher.connect();
    });
  }

  /** What the outbox recorded: [{channel, seq, id}]. */
  #recorded() {
    return this.restaurant.database.query('select channel, seq::int as seq, event_id as id from outbox order by channel, seq');
  }

  /** Of `recorded` all must have arrived, of `later` more may have. */
  #verdicts(arrived, recorded, later) {
    const atPusher = (entries) => entries.map((entry) => ({ ...entry, channel: providerNameOf(entry.channel) }));
    const hosted = { 'pushed to the provider': judgeArrivals(atPusher(recorded), arrived.taken, { later: atPusher(later) }) };
    if (this.displays.length === 0) return hosted;
    const views = arrived.displays.map(({ channel, pushed, shown }) => {
      const [own, ownLater] = [recorded, later].map((entries) => entries.filter((entry) => entry.channel === channel));
      return {
        pushed: sum(pushed.map((list) => judgeArrivals(ownLater, list, { onlyBetween: true }))),
        shown: judgeArrivals(own, shown, { later: ownLater }),
      };
    });
    return {
      ...hosted,
      'pushed to open sockets': sum(views.map(({ pushed }) => pushed)),
      'on the displays': sum(views.map(({ shown }) => shown)),
    };
  }

  /** All until now; a copy, so that what comes while the database is asked does not count. */
  #arrived() {
    return {
      taken: [...this.taken],
      displays: this.displays.map(({ channel, pushed, shown }) => ({ channel, pushed: pushed.map((list) => [...list]), shown: [...shown] })),
    };
  }

  /** Until all that `recorded` has arrived, or the deadline has passed: milliseconds. */
  async #drain(recorded) {
    const began = Date.now();
    const isDrained = async () => {
      await pause(LOOK_MS);
      return Object.values(this.#verdicts(this.#arrived(), recorded, recorded)).every(({ lost }) => lost.length === 0);
    };
    // Being late is no failure of its own: the verdict says what is missing.
    await waitUntil('the outbox to drain', isDrained, this.drainSeconds * 1000).catch((error) => this.say(error.message));
    return Date.now() - began;
  }

  async #judge(recorded) {
    const arrived = this.#arrived();
    const committed = await this.restaurant.database.query(
      `select o.note as key, o.id as "orderId", count(x.seq)::int as channels
       from orders o
       left join events e on e.name = 'order:created' and e.payload->>'orderId' = o.id::text
       left join outbox x on x.event_id = e.id
       group by o.id`,
    );
    const { asked, answered, violations, abandoned } = this.traffic;
    const rows = { orders: judgeOrders(asked, answered, committed, CHANNELS_PER_ORDER), ...this.#verdicts(arrived, recorded, await this.#recorded()) };
    const complaints = [...violations, ...this.provider.complaints, ...this.ably.complaints];
    const fetched = this.displays.reduce((total, display) => total + display.fetched, 0);
    this.displays.forEach((display) => display.leave());
    await Promise.all(this.services.map((service) => service.stop()));
    return { rows, complaints, abandoned, fetched, isPassed: isPassed(Object.values(rows)) && complaints.length === 0 };
  }
}
