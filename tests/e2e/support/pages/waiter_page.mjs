// A waiter's tablet as people use it.

import { connected, logInAt } from './browser.mjs';
import { waitUntilEqual } from '../compare_displays.mjs';
import { waitUntil } from '../wait_until.mjs';

export const TABLET = { width: 1024, height: 768 };

export class WaiterPage {
  constructor(page) {
    this.page = page;
  }

  /** A tablet of its own browser profile, logged in and live. */
  static async open(browser, service, person, options = {}) {
    const context = await browser.device({ viewport: TABLET, hasTouch: true, ...options });
    const tablet = new WaiterPage(await context.newPage());
    await tablet.page.goto(`${service.url}/waiter`);
    await tablet.logIn(person);
    await connected(tablet.page);
    return tablet;
  }

  logIn(person) {
    return logInAt(this.page, person);
  }

  table(tableId) {
    return this.page.locator(`[data-table="${tableId}"]`);
  }

  async isAt(tableId, stage) {
    const look = async () => (await this.table(tableId).getAttribute('data-stage')) === stage;
    await waitUntil(`the table to be ${stage}`, look);
  }

  /** What waits on the pass of an order. */
  ready(orderId) {
    return this.page.locator(`[data-ready="${orderId}"]`);
  }

  async showsReady(orderId) {
    await waitUntil(`order ${orderId} on the pass`, async () => (await this.ready(orderId).count()) === 1);
  }

  async showsNoReady(orderId) {
    await waitUntil(`order ${orderId} off the pass`, async () => (await this.ready(orderId).count()) === 0);
  }

  order(orderId) {
    return this.page.locator(`[data-order="${orderId}"]`);
  }

  async openTable(tableId) {
    await this.table(tableId).click();
    await this.page.locator(`[data-sheet="${tableId}"]`).waitFor();
  }

  /** Presses a button of the opened table. */
  async press(action) {
    await this.page.locator(`.sheet [data-action="${action}"]`).first().click();
  }

  async pay({ amount, method = 'card' } = {}) {
    await this.press('pay');
    if (amount !== undefined) await this.page.fill('.sheet [name=amount]', amount);
    await this.page.check(`.sheet [name=method][value=${method}]`);
    await this.press('confirm-pay');
  }

  async says(pattern) {
    await waitUntil(`a word like ${pattern}`, async () => pattern.test(await this.page.locator('.toasts').innerText()));
  }

  /** All that is drawn, to be compared with another tablet's. */
  async floor() {
    return this.page.evaluate(() => ({
      tables: [...document.querySelectorAll('[data-table]')].map((table) => [
        table.dataset.table,
        table.dataset.stage,
        table.querySelector('.table-amount')?.textContent,
      ]),
      ready: [...document.querySelectorAll('[data-ready]')].map((card) => [
        card.dataset.ready,
        [...card.querySelectorAll('.ready-items li')].map((item) => item.textContent),
      ]),
      alarms: [...document.querySelectorAll('[data-alarm]')].map((alarm) => [alarm.dataset.alarm, alarm.dataset.reason]),
    }));
  }

  /** Both the same, with something that `isThere`. */
  async showsSameAs(other, what, isThere) {
    await waitUntilEqual(`two tablets to agree after ${what}`, [() => this.floor(), () => other.floor()], isThere);
  }

  async waiting() {
    return this.page.evaluate(() => Number.parseInt(document.querySelector('.badge-waiting')?.textContent ?? '0', 10));
  }
}
