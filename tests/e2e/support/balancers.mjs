// Debian's nginx and HAProxy with the rules that docs/realtime.md gives for two instances.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createFolder, giveAway, startAsOrdinaryUser } from './postgres_user.mjs';
import { freePort } from './service.mjs';
import { waitUntil } from './wait_until.mjs';

const DOCUMENT = new URL('../../../docs/realtime.md', import.meta.url);

/** The rules as documented, with these two instances and that port in the place of the examples. */
async function documented(language, ports, port) {
  const text = await readFile(DOCUMENT, 'utf8');
  const [, rules] = text.match(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``)) ?? [];
  if (!rules) throw new Error(`docs/realtime.md has no rules for ${language}`);
  return rules
    .replaceAll('10.0.0.1:8080', `127.0.0.1:${ports[0]}`)
    .replaceAll('10.0.0.2:8080', `127.0.0.1:${ports[1]}`)
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('bind :80', `bind 127.0.0.1:${port}`);
}

// One process: a worker would outlive the master that a test kills, and keep its standard error open.
const nginx = (rules, folder) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder};
  scgi_temp_path ${folder};
${rules}}
`;

const KINDS = {
  nginx: { program: '/usr/sbin/nginx', configure: nginx, argumentsOf: (file) => ['-e', 'stderr', '-c', file] },
  haproxy: { program: '/usr/sbin/haproxy', configure: (rules) => rules, argumentsOf: (file) => ['-db', '-f', file] },
};

export const BALANCERS = Object.keys(KINDS);

const answers = (url) => fetch(url).then(() => true, () => false);

/** {url}: one of BALANCERS before the instances on these two ports. */
export async function startBalancer(kind, ports) {
  const { program, configure, argumentsOf } = KINDS[kind];
  const port = await freePort();
  const folder = await createFolder();
  const file = path.join(folder, 'configuration');
  await writeFile(file, configure(await documented(kind, ports, port), folder));
  await giveAway(file);
  const { exited } = startAsOrdinaryUser(program, argumentsOf(file));
  const failed = exited.then(({ said }) => {
    throw new Error(`${kind} ended: ${said}`);
  });
  failed.catch(() => {}); // it is ended after the test
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([waitUntil(kind, () => answers(url)), failed]);
  return { url };
}
