// Every answer and every event that a test gets is checked against what is documented. support/fixtures.mjs calls this, so
// that no test has to.

import http from 'node:http';
import https from 'node:https';
import { Contract, errorMessages, newAjv } from './openapi.mjs';

const contract = new Contract();
const violations = [];

/** Throws if an answer is not as docs/openapi/openapi.json has it. `answer` as request() gives it. */
export function checkAnswer(method, path, answer, validator = contract) {
  const errors = validator.answerErrors(method, path, answer);
  if (errors.length > 0) {
    throw new Error(`${method} ${path} ${answer.status} is not as documented:\n  ${errors.join('\n  ')}\n  ${JSON.stringify(answer.body)}`);
  }
}

/** What is wrong with an event by a schema document: [text…]. */
export function eventValidator(schema) {
  const ajv = newAjv();
  ajv.addSchema(schema, 'events.json');
  return (event) => {
    const known = typeof event?.type === 'string' && Object.hasOwn(schema.$defs, event.type);
    if (!known) return [`there is no event "${event?.type}"`];
    const validate = ajv.getSchema(`events.json#/$defs/${encodeURIComponent(event.type)}`);
    return validate(event) ? [] : errorMessages(validate);
  };
}

let validateEvent;

/** From an address of its own, so that the limits of the test's address stay as they are. */
function getJson(service, path) {
  return new Promise((resolve, reject) => {
    const { get } = service.url.startsWith('https:') ? https : http;
    const asked = get(service.url + path, { localAddress: '127.0.0.2', agent: false }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) }));
    });
    asked.on('error', reject);
  });
}

/** Reads the schemas of the events that the service has, once per test file. */
export async function learnEvents(service) {
  if (validateEvent) return;
  const { status, body } = await getJson(service, '/events.schema.json');
  if (status !== 200) throw new Error(`/events.schema.json: ${status} ${JSON.stringify(body)}`);
  validateEvent = eventValidator(body);
}

/** Remembers what is wrong with an event that a device got; `name` is what the provider's frame calls it. */
export function checkEvent(channel, name, event) {
  const errors = validateEvent(event);
  if (event?.type !== name) errors.push(`its type is "${event?.type}"`);
  if (errors.length > 0) violations.push(`${name} on ${channel} is not as documented:\n  ${errors.join('\n  ')}\n  ${JSON.stringify(event)}`);
}

/** The same for what was fetched from a channel. */
export function checkEventPage(path, answer) {
  const isPage = answer.status === 200 && /^\/v1\/channels\/[^/]+\/events(\?|$)/.test(path);
  if (!isPage) return;
  for (const event of answer.body.events) checkEvent(answer.body.channel, event.type, event);
  throwViolations();
}

/** Remembers what is wrong with a frame of the plain WebSocket of legacy displays. */
export function checkDisplayFrame(frame) {
  const errors = contract.schemaErrors('/components/schemas/OlderDisplayFrame', frame);
  if (errors.length > 0) violations.push(`a frame is not as documented:\n  ${errors.join('\n  ')}\n  ${JSON.stringify(frame)}`);
}

/** Throws if an event was not as documented. */
export function throwViolations() {
  if (violations.length > 0) throw new Error(violations.splice(0).join('\n'));
}
