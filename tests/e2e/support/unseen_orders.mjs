// A restaurant whose orders escalate when no display shows them: see UNSEEN_STEPS.

import assert from 'node:assert/strict';
import { Webhook } from 'standardwebhooks';
import { Device, logIn, orderOf, placeOrder, request, sitDown } from './fixtures.mjs';
import { createRestaurant, startService } from './service.mjs';
import { WebhookReceiver } from './webhook_receiver.mjs';

export const ALL_STEPS = 'unseen: push_again, unseen, unseen: webhook';

export class UnseenOrders {
  #nextTable = 0;

  /** With a kitchen display and a waiters' display of the first branch, and a receiver of the restaurant's webhook. */
  async start() {
    const { database, demo } = await createRestaurant();
    this.database = database;
    [this.harbor, this.oldTown] = demo.branches;
    await this.setUnseenAfter(1);
    this.receiver = await new WebhookReceiver().start();
    await this.startService();
    this.admin = await logIn(this.service, this.harbor, 'ADMIN');
    this.cook = await logIn(this.service, this.harbor, 'KITCHEN');
    await this.openDisplays();
    await this.setWebhook();
    return this;
  }

  async startService() {
    this.service = await startService(this.database.url, {
      BUILTIN_RECONNECT_SECONDS: '0',
      BUILTIN_WEBHOOK_PRIVATE_ADDRESSES: 'true',
      BUILTIN_WEBHOOK_HTTP: 'true',
      UNSEEN_STEPS: 'push_again:0,waiters:1,webhook:2',
    });
  }

  async openDisplays() {
    this.waiters = new Device(this.service, await logIn(this.service, this.harbor, 'WAITER'));
    await this.waiters.join(`presence-waiters-${this.harbor.id}`);
    this.display = new Device(this.service, this.cook);
    await this.display.join(`presence-kitchen-${this.harbor.id}`);
  }

  /** Also ends the pause after a failed attempt. */
  async setWebhook() {
    const { status, body } = await this.ask('PUT', '/v1/restaurant/webhook', { body: { url: this.receiver.url } });
    assert.equal(status, 200);
    this.secret = body.secret ?? this.secret;
  }

  ask(method, path, options = {}) {
    return request(this.service, method, path, { token: this.admin, ...options });
  }

  setUnseenAfter(seconds) {
    return this.database.query('update branches set unseen_after_seconds = $1', [seconds]);
  }

  async order(branch = this.harbor) {
    const guest = await sitDown(this.service, branch.tables[this.#nextTable++ % branch.tables.length]);
    return placeOrder(this.service, guest.token, orderOf(branch));
  }

  /** An order that a display has shown before it could be unseen. */
  async seenOrder() {
    await this.setUnseenAfter(3_600);
    const order = await this.order();
    await this.see(order);
    await this.setUnseenAfter(1);
    return order;
  }

  /** A display reports that it shows the order. */
  async see(order) {
    const { eventId } = (await this.timeline(order)).find(({ kind }) => kind === 'committed');
    const body = { deviceId: 'grill-1', kind: 'seen', eventIds: [eventId] };
    const { body: count } = await this.ask('POST', '/v1/receipts', { token: this.cook, body });
    assert.deepEqual(count, { recorded: 1, ignored: 0 });
  }

  async timeline({ id }) {
    return (await this.ask('GET', `/v1/orders/${id}/timeline`)).body.entries;
  }

  /** "unseen: push_again, unseen": the steps taken because nobody saw it. */
  async stepsOf(order) {
    const entries = await this.timeline(order);
    return entries.filter(({ kind, detail }) => kind === 'escalated' && detail.startsWith('unseen')).map(({ detail }) => detail).join(', ');
  }

  async isCleared(order) {
    return (await this.timeline(order)).some(({ kind, detail }) => kind === 'escalation_cleared' && detail === 'unseen');
  }

  /** The webhooks about the order that were taken; their signatures are verified. */
  webhooksOf(order) {
    return this.receiver.taken
      .map(({ rawBody, headers }) => new Webhook(this.secret).verify(rawBody, headers))
      .filter(({ data }) => data.orderId === order.id);
  }
}
