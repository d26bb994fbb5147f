// node build.mjs FOLDER: makes the folder that the service shows (its setting WEB_DIR), whole or not at all.

import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build as bundle } from 'vite';

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

/** Kinds of files that grow smaller, and from which size on that is worth a file beside. */
const COMPRESSED = /\.(html|css|js|json|svg|txt)$/;
const COMPRESSED_BYTES_MIN = 1024;

async function buildDocs(folder) {
  const docs = path.join(folder, 'docs');
  await cp(path.join(here, 'docs'), docs, { recursive: true });
  for (const [from, to] of Object.entries(FROM_SWAGGER)) {
    await copyFile(path.join(swagger, from), path.join(docs, to));
  }
}

async function buildPages(folder) {
  await bundle({
    configFile: path.join(here, 'vite.config.mjs'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: false },
  });
}

/** "a.js.gz" beside each "a.js": the service sends it to browsers that take it. */
async function compress(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile() && COMPRESSED.test(one.name))) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const bytes = await readFile(file);
    if (bytes.length < COMPRESSED_BYTES_MIN) continue;
    await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
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
  await buildDocs(fresh);
  await buildPages(fresh);
  await compress(fresh);
  await chmod(fresh, 0o755); // others read it too; a temporary folder is our own
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
} catch (failure) {
  await rm(fresh, { recursive: true, force: true });
  throw failure;
}
