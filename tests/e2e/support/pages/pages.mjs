// The pages, built as ./dev build does; `npm ci` in web first.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { endLater } from '../cleanup.mjs';

const build = path.resolve(import.meta.dirname, '../../../../web/build.mjs');

/** The folder for WEB_DIR: the one that ctest has had built for all tests of a run, or one of this test's own. */
export async function buildPages() {
  const built = process.env.ORDERPUSH_TEST_PAGES;
  if (built) return built;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-e2e-'));
  endLater(() => rm(folder, { recursive: true, force: true }));
  await promisify(execFile)('node', [build, path.join(folder, 'web')]);
  return path.join(folder, 'web');
}
