// node build.mjs FOLDER: makes the folder that the service shows (its setting WEB_DIR), whole or not at all.

import { chmod, copyFile, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const swagger = path.join(here, 'node_modules/swagger-ui-dist');

/** What Swagger UI takes, and under which terms it may be passed on. */
const FROM_SWAGGER = {
  'swagger-ui.css': 'swagger-ui.css',
  'swagger-ui-bundle.js': 'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt': 'swagger-ui-bundle.js.LICENSE.txt',
  'favicon-32x32.png': 'favicon-32x32.png',
  LICENSE: 'swagger-ui-LICENSE.txt',
  NOTICE: 'swagger-ui-NOTICE.txt',
};

async function build(folder) {
  const docs = path.join(folder, 'docs');
  await cp(path.join(here, 'docs'), docs, { recursive: true });
  for (const [from, to] of Object.entries(FROM_SWAGGER)) {
    await copyFile(path.join(swagger, from), path.join(docs, to));
  }
}

const [target] = process.argv.slice(2);
if (!target) {
  console.error('usage: node build.mjs FOLDER');
  process.exit(2);
}
const folder = path.resolve(target);
await mkdir(path.dirname(folder), { recursive: true });
const fresh = await mkdtemp(`${folder}.`);
try {
  await build(fresh);
  await chmod(fresh, 0o755); // others read it too; a temporary folder is our own
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
} catch (failure) {
  await rm(fresh, { recursive: true, force: true });
  throw failure;
}
