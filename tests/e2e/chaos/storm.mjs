// Orders flow while the service is killed, the database restarts and the hosted provider misbehaves; then everything
// that was accepted is compared with everything that arrived.

import { logIn, sitDown } from '../support/people.mjs';
import { PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { until } from '../support/until.mjs';
import { Load } from './load.mjs';
import { Screen } from './screen.mjs';
import { isPassed, judgeArrivals, judgeOrders, sum } from './verdict.mjs';

// order:created goes to kitchen, waiters, table, session and order.
const CHANNELS_PER_ORDER = 5;
const ROUND_MS_MAX = 2_500;
const EARLY_MS_MAX = 150;
const GUESTS = 6;
const LOOK_MS = 500;

const TROUBLES = {
  500: { status: 500, body: 'oops\n' },
  429: { status: 429, headers: { 'Retry-After': '1' }, body: 'slow down\n' },
  portal: { status: 200, body: '<html>captive portal</html>' },
  ...Object.fromEntries(['cut', 'reset', 'hang', 'half', 'drip', 'garbage', 'lose'].map((manner) => [manner, manner])),
};

const SETTINGS = {
  PUSH_ADAPTERS: 'builtin,pusher',
  PUSH_MODE: 'mirror',
  PUSHER_APP_ID: PUSHER.appId,
  PUSHER_KEY: PUSHER.key,
  PUSHER_SECRET: PUSHER.secret,
  RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
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

/** What a channel is called at Pusher and at the built-in server. */
function providerNameOf(channel) {
  const [kind, id] = channel.split(':');
  if (kind === 'menu') return `menu-${id}`;
  return `${PRESENCE.has(kind) ? 'presence' : 'private'}-${kind}-${id}`;
}

export class Storm {
  /** `restartDatabase()`: takes the database away at once and brings it back; `say(line)`: progress. */
  constructor({ rounds, seconds, seed, pauseMs, drainSeconds, restartDatabase, say }) {
    Object.assign(this, { rounds, seconds, pauseMs, drainSeconds, restartDatabase, say });
    this.chance = chanceOf(seed);
    this.done = { rounds: 0, databaseRestarts: 0, troubles: {}, kills: {} };
    this.screens = [];
  }

  /** {rows: {name: verdict}, faults, isPassed, done, …} */
  async run() {
    await this.#begin();
    const began = Date.now();
    while (this.done.rounds < this.rounds && Date.now() - began < this.seconds * 1000) await this.#round();
    this.provider.permanent = null;
    await this.load.end();
    const drainMs = await this.#drain();
    return { ...(await this.#judge()), drainMs, stormMs: Date.now() - began - drainMs };
  }

  async #begin() {
    this.restaurant = await createRestaurant();
    this.provider = await new PusherProvider().start();
    this.settings = { ...SETTINGS, PORT: String(await freePort()), PUSHER_HOST: this.provider.url };
    await this.#start();
    const service = () => this.service;
    this.load = new Load({ service, chance: this.chance, pauseMs: this.pauseMs });
    for (const branch of this.restaurant.demo.branches) await this.#open(branch, service);
  }

  /** Screens in the kitchen and for the waiters of a branch, guests at its tables, and a waiter who confirms. */
  async #open(branch, service) {
    for (const [role, kind] of [['KITCHEN', 'kitchen'], ['WAITER', 'waiters']]) {
      const token = await logIn(service(), branch, role);
      const channel = `${kind}:${branch.id}`;
      for (let n = 0; n < 2; ++n) {
        const screen = new Screen({ service, token, channel, providerName: providerNameOf(channel) });
        this.screens.push(screen);
        await screen.join();
      }
    }
    const guests = [];
    const perBranch = GUESTS / this.restaurant.demo.branches.length;
    for (const table of branch.tables.slice(0, perBranch)) guests.push(await sitDown(service(), table));
    const menuItemId = branch.menuItems[0].id;
    guests.forEach((guest, n) => this.load.addGuest(guest, { items: [{ menuItemId, quantity: 1 + n }] }, `${branch.id.slice(-4)}-${n}`));
    this.load.addWaiter(await logIn(service(), branch, 'WAITER'), guests);
  }

  async #start() {
    this.service = await startService(this.restaurant.database.url, this.settings);
  }

  #pick(list) {
    return list[Math.floor(this.chance() * list.length)];
  }

  async #round() {
    const trouble = this.chance() < 0.4 ? this.#pick(Object.keys(TROUBLES)) : null;
    const restart = this.chance() < 0.15 ? this.#restartDatabase() : null;
    const manner = this.#pick(['moment', 'moment', 'publish', 'answer', 'early']);
    if (trouble) {
      this.provider.permanent = TROUBLES[trouble];
      this.done.troubles[trouble] = (this.done.troubles[trouble] ?? 0) + 1;
    }
    await this.#awaitMoment(manner);
    await this.service.kill();
    if (this.chance() < 0.5) this.provider.permanent = null; // else it is still at it when the service is back
    this.done.kills[manner] = (this.done.kills[manner] ?? 0) + 1;
    await restart;
    await this.#start();
    this.provider.permanent = null;
    this.#reload();
    this.done.rounds += 1;
    if (this.done.rounds % 10 === 0) this.say(`${this.done.rounds} rounds, ${this.load.answered.length} orders`);
  }

  async #restartDatabase() {
    await pause(this.chance() * 500);
    await this.restartDatabase(this.restaurant.database);
    this.done.databaseRestarts += 1;
  }

  /** By the clock, in the middle of a publish, just when a guest has an answer, or hardly started. */
  async #awaitMoment(manner) {
    const atMost = pause(this.chance() * (manner === 'early' ? EARLY_MS_MAX : ROUND_MS_MAX));
    if (manner === 'moment' || manner === 'early') return atMost;
    const [source, hook] = manner === 'publish' ? [this.provider, 'onRequest'] : [this.load, 'onAnswer'];
    await atMost;
    await Promise.race([new Promise((resolve) => (source[hook] = resolve)), pause(ROUND_MS_MAX)]);
    source[hook] = null;
  }

  /** Every other display is loaded anew, as people do; the rest is left to pusher-js. */
  #reload() {
    this.screens.forEach(({ device }, n) => {
      if (n % 2 === 0 || device.pusher.connection.state === 'connected') return;
      device.pusher.disconnect();
      device.pusher.connect();
    });
  }

  /** What the outbox recorded: [{channel, seq, id}]. */
  #recorded() {
    return this.restaurant.database.query('select channel, seq::int as seq, event_id as id from outbox order by channel, seq');
  }

  #verdicts(recorded) {
    const atProvider = recorded.map((entry) => ({ ...entry, channel: providerNameOf(entry.channel) }));
    const taken = this.provider.events.map(({ channel, data }) => ({ channel, seq: data.seq, id: data.id }));
    const own = (screen) => recorded.filter(({ channel }) => channel === screen.channel);
    const pushed = this.screens.flatMap((screen) => screen.pushed.map((list) => judgeArrivals(own(screen), list, { onlyBetween: true })));
    return {
      'pushed to the provider': judgeArrivals(atProvider, taken),
      'pushed to open sockets': sum(pushed),
      'on the screens': sum(this.screens.map((screen) => judgeArrivals(own(screen), screen.shown))),
    };
  }

  /** Until all has arrived and nothing more is recorded, or the deadline has passed: milliseconds. */
  async #drain() {
    const began = Date.now();
    let before = -1;
    const isDrained = async () => {
      const recorded = await this.#recorded();
      const verdicts = this.#verdicts(recorded);
      const isSettled = recorded.length === before;
      before = recorded.length;
      const isWhole = ['pushed to the provider', 'on the screens'].every((view) => verdicts[view].lost.length === 0);
      await pause(LOOK_MS);
      return isSettled && isWhole;
    };
    // Being late is no failure of its own: the verdict says what is missing.
    await until('the outbox to drain', isDrained, this.drainSeconds * 1000).catch((error) => this.say(error.message));
    return Date.now() - began;
  }

  async #judge() {
    const committed = await this.restaurant.database.query(
      `select o.note as key, o.id as "orderId", count(x.seq)::int as channels
       from orders o
       left join events e on e.name = 'order:created' and e.payload->>'orderId' = o.id::text
       left join outbox x on x.event_id = e.id
       group by o.id`,
    );
    const { asked, answered, faults, abandoned } = this.load;
    const rows = { orders: judgeOrders(asked, answered, committed, CHANNELS_PER_ORDER), ...this.#verdicts(await this.#recorded()) };
    const complaints = [...faults, ...this.provider.complaints];
    const fetched = this.screens.reduce((total, screen) => total + screen.fetched, 0);
    this.screens.forEach((screen) => screen.leave());
    await this.service.stop();
    return { rows, complaints, abandoned, fetched, isPassed: isPassed(Object.values(rows)) && complaints.length === 0 };
  }
}
