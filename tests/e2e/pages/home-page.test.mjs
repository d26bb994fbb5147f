// The page at the root, and the API's documentation, in a real browser.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, screenshot, startBrowser } from '../support/pages/browser.mjs';
import { endAll } from '../support/cleanup.mjs';
import { createDatabase } from '../support/database.mjs';
import { buildPages } from '../support/pages/pages.mjs';
import { startService } from '../support/service.mjs';

const SMALL_PHONE = { viewport: { width: 320, height: 640 } };
let service, browser;

before(async () => {
  const database = await createDatabase();
  service = await startService(database.url, { WEB_DIR: await buildPages() });
  browser = await startBrowser();
});
after(endAll);

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('the root names the pages, and each of them is there', async () => {
  const page = await (await browser.device(SMALL_PHONE)).newPage();
  await page.goto(`${service.url}/?utm_source=flyer`);
  assert.match(await page.title(), /orderpush/);
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await accessibilityFaults(page), []);
  const links = await page.locator('a').evaluateAll((all) => all.map(({ href }) => href));
  assert.deepEqual(links.map((one) => new URL(one).pathname), ['/kitchen', '/waiter', '/ops', '/docs']);
  for (const link of links) {
    const answer = await fetch(link);
    assert.equal(answer.status, 200, link);
    assert.match(answer.headers.get('content-type'), /^text\/html/);
  }
  await screenshot(page, 'home-phone');
});

test('the documentation greets without a warning, and fits a small phone, also with operations opened', async () => {
  const page = await (await browser.device(SMALL_PHONE)).newPage();
  await page.goto(`${service.url}/docs`);
  await page.locator('.opblock').first().waitFor();
  assert.deepEqual(await page.locator('.errors-wrapper, .loading-container').allInnerTexts(), []);
  assert.doesNotMatch(await page.locator('.swagger-ui').innerText(), /\bWarning\b/);
  assert.equal(await overflow(page), 0);
  for (const index of [0, 1, 2]) {
    await page.locator('.opblock-summary-control').nth(index).click();
    await page.locator('.opblock').nth(index).locator('.responses-inner').waitFor();
  }
  assert.equal(await overflow(page), 0);
  await screenshot(page, 'docs-phone');
});
