// The operations page as a manager uses it.

import { connected, logInAt } from './browser.mjs';
import { waitUntil } from '../wait_until.mjs';

export class OpsPage {
  constructor(page) {
    this.page = page;
  }

  /** In a browser profile of its own, logged in; `state` is what its connection comes to. */
  static async open(browser, service, person, state = 'live', options = {}) {
    const context = await browser.device(options);
    const ops = new OpsPage(await context.newPage());
    await ops.page.goto(`${service.url}/ops`);
    await ops.logIn(person);
    await connected(ops.page, state);
    await ops.page.locator('[data-tile=outbox]').waitFor();
    return ops;
  }

  logIn(person) {
    return logInAt(this.page, person);
  }

  adapter(name) {
    return this.page.locator(`[data-adapter=${name}]`);
  }

  circuit(name) {
    return this.adapter(name).getAttribute('data-circuit');
  }

  /** {value, note} of one of the tiles. */
  async tile(name) {
    const tile = this.page.locator(`[data-tile=${name}]`);
    return { value: await tile.locator('.tile-value').innerText(), note: await tile.locator('.tile-note').innerText() };
  }

  async hasHealth(...expected) {
    const isThere = async () => expected.includes(await this.page.locator('[data-health]').getAttribute('data-health'));
    await waitUntil(`the health to be ${expected.join(' or ')}`, isThere);
  }

  /** Types into the search and asks. */
  async find(text) {
    await this.page.fill('#search-field', text);
    await this.page.press('#search-field', 'Enter');
  }

  async showsStory(orderId) {
    await this.page.locator(`[data-story="${orderId}"]`).waitFor();
  }
}
