// A server that takes webhooks.

import http from 'node:http';
import { endLater } from './cleanup.mjs';

export class WebhookReceiver {
  /** Of each request: {headers, rawBody, status}. */
  attempts = [];
  /** (attempt) => the status to answer with, or 'hang'. */
  answer = () => 200;

  async start() {
    const server = http.createServer((incoming, response) => {
      const parts = [];
      incoming.on('data', (part) => parts.push(part));
      incoming.on('end', () => this.#take({ headers: incoming.headers, rawBody: Buffer.concat(parts).toString('utf8') }, response));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    endLater(() => {
      server.closeAllConnections();
      server.close();
    });
    this.url = `http://127.0.0.1:${server.address().port}/hooks`;
    return this;
  }

  /** Those answered with 2xx. */
  get taken() {
    return this.attempts.filter(({ status }) => status >= 200 && status < 300);
  }

  #take(attempt, response) {
    attempt.status = this.answer(attempt);
    this.attempts.push(attempt);
    if (attempt.status === 'hang') return;
    response.writeHead(attempt.status, attempt.status === 307 ? { Location: '/elsewhere' } : {});
    response.end('noted');
  }
}
