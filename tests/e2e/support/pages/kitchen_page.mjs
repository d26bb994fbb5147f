// A kitchen display as the people in front of it use it.

import { connected, logInAt } from './browser.mjs';
import { waitUntilEqual } from '../compare_displays.mjs';
import { waitUntil } from '../wait_until.mjs';

export class KitchenPage {
  constructor(page) {
    this.page = page;
  }

  /** A display of its own browser profile, logged in and live. */
  static async open(browser, service, person, options = {}) {
    const context = await browser.device(options);
    const display = new KitchenPage(await context.newPage());
    await display.page.goto(`${service.url}/kitchen`);
    await display.logIn(person);
    await connected(display.page);
    return display;
  }

  logIn(person) {
    return logInAt(this.page, person);
  }

  /** The card of an order, or of one of its tickets. */
  card(orderId) {
    return this.page.locator(`[data-order="${orderId}"]`).first();
  }

  async shows(orderId) {
    await waitUntil(`order ${orderId} on the display`, async () => (await this.card(orderId).count()) > 0);
  }

  async showsNot(orderId) {
    await waitUntil(`order ${orderId} to be off the display`, async () => (await this.card(orderId).count()) === 0);
  }

  /** Presses a button of the order's first card; those seldom used stand behind ⋯. */
  async press(orderId, action) {
    const card = this.card(orderId);
    if ((await card.locator(`[data-action=${action}]`).count()) === 0) {
      await card.locator('.more').click();
      return this.page.locator(`dialog [data-action=${action}]`).click();
    }
    return card.locator(`[data-action=${action}]`).click();
  }

  /** All that is drawn, to be compared with another display's: columns, tickets, what is on them. */
  async board() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('[data-column]')].map((column) => [
        column.dataset.column,
        ...[...column.querySelectorAll('[data-ticket]')].map((card) => ({
          ticket: card.dataset.ticket,
          status: card.dataset.status,
          flags: [...card.querySelectorAll('.flag, .cancel-request p')].map((flag) => flag.textContent),
          items: [...card.querySelectorAll('.item')].map((item) => `${item.className} ${item.textContent}`),
        })),
      ]),
    );
  }

  /** Both the same, with something that `isThere`. */
  async showsSameAs(other, what, isThere) {
    await waitUntilEqual(`two displays to agree after ${what}`, [() => this.board(), () => other.board()], isThere);
  }

  async waiting() {
    return this.page.evaluate(() => Number.parseInt(document.querySelector('.badge-waiting')?.textContent ?? '0', 10));
  }
}
