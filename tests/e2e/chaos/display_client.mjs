// A display as docs tell front-ends to build one: the unmodified pusher-js; what it missed it fetches.

import { checkEvent } from '../support/conformance.mjs';
import { Device, request } from '../support/fixtures.mjs';
import { withDeadline } from '../support/wait_until.mjs';

const RETRY_MS = 200;
const ANSWER_MS = 5_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class DisplayClient {
  #last = 0;
  #fetching = null;
  #isOver = false;

  /** `service()`: the one of the moment. `channel`: the logical name; `providerName`: its name at the built-in server. */
  constructor({ service, token, channel, providerName }) {
    this.service = service;
    this.token = token;
    this.channel = channel;
    this.providerName = providerName;
    /** Entries as they were shown: {channel, seq, id}. */
    this.shown = [];
    /** Entries as they were pushed, one list for each subscription. */
    this.pushed = [];
    this.fetched = 0;
    this.device = new Device(service(), token, {
      channelAuthorization: {
        endpoint: `${service().url}/v1/realtime/pusher/auth?provider=builtin`,
        transport: 'ajax',
        headers: { Authorization: `Bearer ${token}` },
      },
    });
  }

  async join() {
    const channel = this.device.pusher.subscribe(this.providerName);
    channel.bind_global((name, data) => {
      if (!name.startsWith('pusher:')) this.#receive(name, data);
    });
    const joined = new Promise((resolve) => channel.bind('pusher:subscription_succeeded', resolve));
    channel.bind('pusher:subscription_succeeded', () => {
      this.pushed.push([]);
      this.#fetch();
    });
    // pusher-js leaves it to the application what to do when the authorization was not to be had.
    channel.bind('pusher:subscription_error', () => setTimeout(() => this.#isOver || channel.subscribe(), RETRY_MS));
    await withDeadline(`the subscription to ${this.channel}`, joined);
  }

  leave() {
    this.#isOver = true;
    this.device.leave();
  }

  get last() {
    return this.#last;
  }

  #entry({ seq, id }) {
    return { channel: this.channel, seq, id };
  }

  #receive(name, event) {
    checkEvent(this.providerName, name, event);
    this.pushed.at(-1)?.push(this.#entry(event));
    // Behind a gap it is fetched with what is missing.
    if (event.seq > this.#last + 1) this.#fetch();
    else this.#show(event);
  }

  #show(event) {
    this.shown.push(this.#entry(event));
    this.#last = Math.max(this.#last, event.seq);
  }

  /** Fetches what is behind the last; once more if asked for meanwhile. */
  #fetch() {
    if (this.#fetching) {
      this.#fetching.again = true;
      return;
    }
    this.#fetching = { again: true };
    this.#keepFetching().finally(() => (this.#fetching = null));
  }

  async #keepFetching() {
    while (this.#fetching.again && !this.#isOver) {
      this.#fetching.again = false;
      if (!(await this.#fetchPages())) {
        this.#fetching.again = true;
        await pause(RETRY_MS);
      }
    }
  }

  async #fetchPages() {
    for (;;) {
      const path = `/v1/channels/${this.channel}/events?after=${this.#last}&limit=100`;
      const answer = await request(this.service(), 'GET', path, { token: this.token, signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null);
      if (answer?.status !== 200) return false;
      for (const event of answer.body.events) {
        if (event.seq <= this.#last) continue; // pushed while the answer was on its way
        this.fetched += 1;
        this.#show(event);
      }
      if (answer.body.next === null || answer.body.events.length === 0) return true;
    }
  }
}
