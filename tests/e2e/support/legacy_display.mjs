// Legacy kitchen displays: a plain WebSocket, from before the SDKs. Every frame and every refusal is checked against
// docs/openapi/openapi.json.

import WebSocket from 'ws';
import { endLater } from './cleanup.mjs';
import { checkAnswer, checkDisplayFrame } from './conformance.mjs';
import { waitUntil, withDeadline } from './wait_until.mjs';

const PATH = '/kitchen/display';
const addressOf = (service, query) => `ws://127.0.0.1:${service.port}${PATH}${query}`;

/** Connected, with every message kept: {socket, messages, received(type, orderId)} */
export async function openDisplay(service, token) {
  const socket = new WebSocket(addressOf(service, `?token=${token}`));
  endLater(() => socket.terminate());
  const messages = [];
  socket.on('message', (data, isBinary) => {
    const message = isBinary ? data : JSON.parse(data.toString());
    checkDisplayFrame(message);
    messages.push(message);
  });
  await withDeadline(
    'the display to connect',
    new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    }),
  );
  return {
    socket,
    messages,
    async received(type, orderId) {
      const isIt = (message) => message.type === type && message.orderId === orderId;
      await waitUntil(`${type} of ${orderId}`, () => messages.some(isIt));
      return messages.find(isIt);
    },
  };
}

/** The answer to an upgrade that is refused: {status, type, body}. */
export async function refusal(service, query) {
  const socket = new WebSocket(addressOf(service, query));
  const answer = await withDeadline(
    'the refusal',
    new Promise((resolve, reject) => {
      socket.on('open', () => reject(new Error('it was upgraded')));
      socket.on('error', reject);
      socket.on('unexpected-response', (_, response) => {
        let text = '';
        response.on('data', (part) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: new Headers(response.headers), body: JSON.parse(text) }),
        );
      });
    }),
  );
  checkAnswer('GET', PATH, answer);
  return { status: answer.status, type: answer.headers.get('content-type'), body: answer.body };
}
