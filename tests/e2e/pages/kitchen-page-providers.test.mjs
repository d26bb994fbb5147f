// The same kitchen display on hosted Pusher and on hosted Ably, played by servers that speak to browsers too.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { KitchenPage } from '../support/pages/kitchen_page.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { acceptAblyClients, acceptPusherClients } from '../support/provider_sockets.mjs';
import { ABLY_KEY, AblyProvider, PUSHER, PusherProvider } from '../support/providers.mjs';
import { createRestaurant, freePort, startService } from '../support/service.mjs';
import { waitUntil } from '../support/wait_until.mjs';

let database, harbor, browser, pages;

before(async () => {
  const restaurant = await createRestaurant();
  database = restaurant.database;
  [harbor] = restaurant.demo.branches;
  pages = await buildPages();
  browser = await startBrowser();
});
after(endAll);

const PROVIDERS = {
  pusher: {
    provider: () => new PusherProvider().start(),
    accept: acceptPusherClients,
    settings: ({ url }) => ({ PUSHER_APP_ID: PUSHER.appId, PUSHER_KEY: PUSHER.key, PUSHER_SECRET: PUSHER.secret, PUSHER_HOST: url }),
    channel: ({ id }) => `presence-kitchen-${id}`,
    script: /pusher_link-/,
  },
  ably: {
    provider: () => new AblyProvider().start(),
    accept: acceptAblyClients,
    settings: ({ url }) => ({ ABLY_API_KEY: ABLY_KEY, ABLY_REST_HOST: url }),
    channel: ({ id }) => `kitchen:${id}`,
    script: /ably_link-/,
  },
};

for (const [name, { provider: startProvider, accept, settings, channel, script }] of Object.entries(PROVIDERS)) {
  test(`on ${name}: pushed, joined again, nothing missed, and what it does not know is counted`, async () => {
    const provider = await startProvider();
    const listeners = accept(provider);
    const port = String(await freePort());
    const service = await startService(database.url, {
      WEB_DIR: pages, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, PUSH_ADAPTERS: name, ...settings(provider),
    });
    const order = async () => placeOrder(service, (await sitDown(service, harbor.tables[0])).token, orderOf(harbor));
    const context = await browser.device();
    const loaded = [];
    context.on('request', (one) => loaded.push(one.url()));
    const display = new KitchenPage(await context.newPage());
    await display.page.goto(`${service.url}/kitchen`);
    await display.logIn(harbor.staff.find(({ role }) => role === 'KITCHEN'));
    await connected(display.page);
    assert.equal(loaded.filter((url) => /_link-[\w-]+\.js/.test(url)).length, loaded.filter((url) => script.test(url)).length, 'one SDK');
    const pushed = await order();
    await display.shows(pushed.id);
    await display.press(pushed.id, 'start');
    await waitUntil('the start', async () => (await display.card(pushed.id).getAttribute('data-status')) === 'preparing');

    listeners.isMute = true;
    const missed = await order();
    await waitUntil('a push that nobody hears', () => listeners.lost.some(({ data }) => data.orderId === missed.id && data.type === 'order:created'));
    assert.equal(await display.card(missed.id).count(), 0);
    listeners.isMute = false;
    listeners.drop();
    await display.shows(missed.id);
    await connected(display.page);

    const token = await logIn(service, harbor, 'KITCHEN');
    const log = await request(service, 'GET', `/v1/channels/kitchen:${harbor.id}/events?after=0&limit=1`, { token });
    const strange = { id: '00000000-0000-4000-8000-000000000001', seq: log.body.lastSeq + 1, type: 'kitchen:on_fire', occurredAt: new Date().toISOString() };
    listeners.push({ channel: channel(harbor), name: 'greeting', data: { hello: 'kitchen' } });
    listeners.push({ channel: channel(harbor), name: strange.type, data: strange });
    await display.page.getByRole('button', { name: 'Settings' }).click();
    await waitUntil('both to be counted', async () => /2 not understood/.test(await display.page.locator('.facts').innerText()));
    assert.deepEqual(listeners.complaints, []);
    await service.stop();
  });
}
