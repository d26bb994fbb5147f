// The guest page as the people at a table use it.

import { connected } from './browser.mjs';
import { waitUntil } from '../wait_until.mjs';

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export class GuestPage {
  constructor(page) {
    this.page = page;
  }

  /** A phone that scans the code of `table`, and sees the menu live. */
  static async open(browser, service, table, options = {}) {
    const context = await browser.device({ ...PHONE, ...options });
    const guest = new GuestPage(await context.newPage());
    await guest.scan(service, table.qrToken);
    await guest.dish().first().waitFor();
    await connected(guest.page);
    return guest;
  }

  scan(service, code) {
    return this.page.goto(`${service.url}/t/${code}`);
  }

  /** A row of the menu. */
  dish(item) {
    return this.page.locator(item ? `[data-dish="${item.id}"]` : '[data-dish]');
  }

  async add(item, count = 1) {
    for (let i = 0; i < count; i++) await this.dish(item).getByRole('button').last().click();
  }

  go(name) {
    return this.page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
  }

  openCart() {
    return this.page.locator('.cart-bar').click();
  }

  get placeButton() {
    return this.page.locator('button.place');
  }

  async place() {
    await this.openCart();
    await this.placeButton.click();
  }

  order(orderId) {
    return this.page.locator(`[data-order="${orderId}"]`);
  }

  async orderIds() {
    return this.page.locator('[data-order]').evaluateAll((cards) => cards.map((card) => card.dataset.order));
  }

  /** The ids of the orders that are shown, once there are `count`. */
  async showsOrders(count) {
    return waitUntil(`${count} orders on the page`, async () => {
      const ids = await this.orderIds();
      return ids.length === count && ids;
    });
  }

  async showsStatus(orderId, status) {
    await waitUntil(`the order to be ${status}`, async () => (await this.order(orderId).getAttribute('data-status')) === status);
  }

  /** What the page holds of its visit; the text of its storage. */
  stored() {
    return this.page.evaluate(() => JSON.stringify({ ...window.localStorage }));
  }
}
