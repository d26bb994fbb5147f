// Certificates for 127.0.0.1, made anew, so that no key stands in the sources.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { endLater } from './cleanup.mjs';

export const believedFile = (folder) => path.join(folder, 'believed.pem');

/** A folder with NAME.pem and NAME.key for each name, and all the certificates in believedFile(). */
export async function makeCertificates(names) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'orderpush-tls-'));
  endLater(() => rm(folder, { recursive: true }));
  const believed = [];
  for (const name of names) {
    const certificate = path.join(folder, `${name}.pem`);
    await promisify(execFile)('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1',
      '-keyout', path.join(folder, `${name}.key`), '-out', certificate,
    ]);
    believed.push(await readFile(certificate, 'utf8'));
  }
  await writeFile(believedFile(folder), believed.join(''));
  return folder;
}
