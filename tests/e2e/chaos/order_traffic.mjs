// Guests who order and order again, whatever the service does, and a waiter who confirms what they ordered.

import { request } from '../support/fixtures.mjs';

const ANSWER_MS = 5_000;
const RETRY_MS = 100;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Answers after which the same request is sent again: conflict, too many requests, unavailable. */
const isTransient = (status) => status === 409 || status === 429 || status >= 500;

export class OrderTraffic {
  #isOver = false;
  #running = [];

  /** `service()`: the one of the moment. `chance()`: a number of [0, 1). */
  constructor({ service, chance, pauseMs }) {
    this.service = service;
    this.chance = chance;
    this.pauseMs = pauseMs;
    this.asked = []; // idempotency keys
    this.answered = []; // {key, orderId, guest}
    this.violations = []; // answers that no outage explains
    this.abandoned = 0;
    this.onAnswer = null;
  }

  /** A guest at a table; `order` as POST /v1/orders takes it. */
  addGuest(guest, order, name) {
    this.#running.push(this.#keepOrdering(guest, order, name));
  }

  /** Staff who confirm what was ordered at their branch. */
  addWaiter(token, guests) {
    this.#running.push(this.#keepConfirming(token, guests));
  }

  /** Ends when nobody waits for an answer any more. */
  async end() {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #keepOrdering(guest, order, name) {
    for (let n = 1; !this.#isOver; ++n) {
      const key = `${name}-${n}`;
      this.asked.push(key);
      await this.#place(guest, { ...order, note: key }, key);
      await pause(this.pauseMs * (0.5 + this.chance()));
    }
  }

  /** Asks until there is a verdict; now and then a guest walks away instead of asking again. */
  async #place(guest, body, key) {
    for (;;) {
      const answer = await this.#ask('POST', '/v1/orders', { token: guest.token, body, headers: { 'Idempotency-Key': key } });
      if (answer?.status === 201) {
        this.answered.push({ key, orderId: answer.body.id, guest });
        this.onAnswer?.();
        return;
      }
      if (answer && !isTransient(answer.status)) {
        this.violations.push(`order ${key}: ${answer.status} ${JSON.stringify(answer.body)}`);
        return;
      }
      if (this.chance() < 0.02) {
        this.abandoned += 1;
        return;
      }
      await pause(RETRY_MS);
    }
  }

  async #keepConfirming(token, guests) {
    let next = 0;
    while (!this.#isOver) {
      const { orderId, guest } = this.answered[next] ?? {};
      if (orderId && guests.includes(guest)) {
        const answer = await this.#ask('PATCH', `/v1/orders/${orderId}`, { token, body: { status: 'confirmed' } });
        if (answer && answer.status !== 200 && !isTransient(answer.status)) {
          this.violations.push(`confirmation: ${answer.status} ${JSON.stringify(answer.body)}`);
        }
      }
      if (orderId) next += 1;
      await pause(this.pauseMs);
    }
  }

  /** The answer, or nothing if none came; an answer that is not as documented is a violation. */
  async #ask(method, path, options) {
    try {
      return await request(this.service(), method, path, { ...options, signal: AbortSignal.timeout(ANSWER_MS) });
    } catch (error) {
      if (/not as documented/.test(error.message)) this.violations.push(error.message);
      return undefined;
    }
  }
}
