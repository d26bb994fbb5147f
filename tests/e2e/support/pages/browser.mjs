// Debian's Chromium, driven over its own protocol.

import AxeBuilder from 'axe-core';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { endLater } from '../cleanup.mjs';
import { DEADLINE_MS, waitUntil } from '../wait_until.mjs';

const screenshots = path.resolve(import.meta.dirname, '../../../../build/screenshots');

/** A browser; every page in it that throws, or breaks the policy of the server, fails the test that ends it. */
export async function startBrowser() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath) throw new Error('there is no Chromium: ./dev install test');
  const args = ['--disable-dev-shm-usage', '--autoplay-policy=user-gesture-required'];
  if (process.getuid() === 0) args.push('--no-sandbox'); // Chromium's own sandbox wants a user of its own
  const browser = await chromium.launch({ executablePath, args });
  endLater(() => browser.close());
  const faults = [];
  endLater(() => {
    if (faults.length > 0) throw new Error(`pages failed:\n${faults.join('\n')}`);
  });
  return {
    /**
     * A device of its own: storage, language, screen. `hasClock`: skipReconnectPause() can move its time forward. `mayThrow`:
     * its pages may, since the test breaks them. Without a service worker, unless asked for: requests that pass one cannot be
     * intercepted.
     */
    async device({ hasClock = false, mayThrow = false, ...options } = {}) {
      const usual = { viewport: { width: 1920, height: 1080 }, colorScheme: 'dark', serviceWorkers: 'block' };
      const context = await browser.newContext({ ...usual, ...options });
      if (hasClock) await context.clock.install();
      context.setDefaultTimeout(DEADLINE_MS);
      if (!mayThrow) context.on('weberror', (error) => faults.push(error.error().stack ?? String(error.error())));
      context.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
      });
      return context;
    },
  };
}

/** A quarter of a minute passes on the device, after which its page tries to connect again. */
export const skipReconnectPause = (page) => page.clock.fastForward(15_500);

/** A picture of the page, kept beside the build for whoever looks at what the tests saw. */
export async function screenshot(page, name) {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
}

/** What axe-core finds wrong, as lines to compare with nothing. */
export async function accessibilityFaults(page) {
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(AxeBuilder.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

export async function connected(page, state = 'live') {
  await waitUntil(`the page to be ${state}`, async () => (await page.locator(`[data-state=${state}]`).count()) === 1);
}

/** Logs a person in at the form of a page for staff; beside a page whose log-in has ended the form is opened first. */
export async function logInAt(page, { email, password }) {
  const opener = page.locator('[data-action=log-in][aria-expanded=false]');
  if ((await opener.count()) > 0) await opener.click();
  await page.fill('[name=email]', email);
  await page.fill('[name=password]', password);
  await page.click('form.log-in button[type=submit]');
}
