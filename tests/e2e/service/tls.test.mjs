// The service on its own, without a proxy: TLS on the public port. What a client believes is fixed when Node starts, so
// the journeys run in a process that believes the certificates made here.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { copyFile, writeFile } from 'node:fs/promises';
import { believedFile, makeCertificates } from '../support/certificates.mjs';
import { endAll } from '../support/cleanup.mjs';
import { commandEnvironment, runCommand } from '../support/service.mjs';

after(endAll);

test('browsers and servers speak https and wss, and a certificate is renewed without a restart', async () => {
  const folder = await makeCertificates(['first', 'second']);
  const journeys = fileURLToPath(new URL('../support/tls_journeys.mjs', import.meta.url));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [journeys], {
    env: { ...env, NODE_EXTRA_CA_CERTS: believedFile(folder), CERTIFICATE_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.equal(code, 0, said);
});

test('TLS files that cannot be used end the start with one line', async () => {
  const folder = await makeCertificates(['one', 'other']);
  const refusal = async (files) => {
    const { code, stderr } = await runCommand(['serve'], commandEnvironment('postgresql://nobody@127.0.0.1:1/none', files));
    assert.equal(code, 2);
    const lines = stderr.trim().split('\n');
    assert.equal(lines.length, 1, stderr);
    return lines[0];
  };
  assert.match(await refusal({ TLS_CERTIFICATE_FILE: `${folder}/one.pem` }), /TLS_PRIVATE_KEY_FILE: is required/);
  assert.match(await refusal({ TLS_PRIVATE_KEY_FILE: `${folder}/one.key` }), /TLS_CERTIFICATE_FILE: is required/);
  const swapped = { TLS_CERTIFICATE_FILE: `${folder}/one.pem`, TLS_PRIVATE_KEY_FILE: `${folder}/other.key` };
  assert.match(await refusal(swapped), /TLS_PRIVATE_KEY_FILE: TLS: .*other\.key cannot be read as the certificate's key: it is another one's/);
  await copyFile(`${folder}/one.key`, `${folder}/broken.key`);
  await writeFile(`${folder}/broken.pem`, 'not a certificate');
  const broken = { TLS_CERTIFICATE_FILE: `${folder}/broken.pem`, TLS_PRIVATE_KEY_FILE: `${folder}/broken.key` };
  assert.match(await refusal(broken), /TLS_CERTIFICATE_FILE: TLS: .*broken\.pem cannot be read as a PEM certificate/);
});
