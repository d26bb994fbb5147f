// Every answer and every event that a test gets is held against what is documented. support/people.mjs calls this, so
// that no test has to.

import http from 'node:http';
import https from 'node:https';
import { Contract, faultsOf, newAjv } from './openapi.mjs';

const contract = new Contract();
const broken = [];

/** Throws if an answer is not as docs/openapi/openapi.json has it. `answer` as request() gives it. */
export function checkAnswer(method, path, answer, judge = contract) {
  const faults = judge.faultsOfAnswer(method, path, answer);
  if (faults.length > 0) {
    throw new Error(`${method} ${path} ${answer.status} is not as documented:\n  ${faults.join('\n  ')}\n  ${JSON.stringify(answer.body)}`);
  }
}

/** What is wrong with an event by a schema document: [text…]. */
export function eventJudge(schema) {
  const ajv = newAjv();
  ajv.addSchema(schema, 'events.json');
  return (event) => {
    const known = typeof event?.type === 'string' && Object.hasOwn(schema.$defs, event.type);
    if (!known) return [`there is no event "${event?.type}"`];
    const validate = ajv.getSchema(`events.json#/$defs/${encodeURIComponent(event.type)}`);
    return validate(event) ? [] : faultsOf(validate);
  };
}

let judgeEvent;

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

/** Reads what events the service has, once per test file. */
export async function learnEvents(service) {
  if (judgeEvent) return;
  const { status, body } = await getJson(service, '/events.schema.json');
  if (status !== 200) throw new Error(`/events.schema.json: ${status} ${JSON.stringify(body)}`);
  judgeEvent = eventJudge(body);
}

/** Remembers what is wrong with an event that a device got; `name` is what the provider's frame calls it. */
export function checkEvent(channel, name, event) {
  const faults = judgeEvent(event);
  if (event?.type !== name) faults.push(`its type is "${event?.type}"`);
  if (faults.length > 0) broken.push(`${name} on ${channel} is not as documented:\n  ${faults.join('\n  ')}\n  ${JSON.stringify(event)}`);
}

/** The same for what was fetched from a channel. */
export function checkEventPage(path, answer) {
  const isPage = answer.status === 200 && /^\/v1\/channels\/[^/]+\/events(\?|$)/.test(path);
  if (!isPage) return;
  for (const event of answer.body.events) checkEvent(answer.body.channel, event.type, event);
  throwBroken();
}

/** Remembers what is wrong with a frame of the plain socket of older displays. */
export function checkDisplayFrame(frame) {
  const faults = contract.faultsBySchema('/components/schemas/OlderDisplayFrame', frame);
  if (faults.length > 0) broken.push(`a frame is not as documented:\n  ${faults.join('\n  ')}\n  ${JSON.stringify(frame)}`);
}

/** Throws if an event was not as documented. */
export function throwBroken() {
  if (broken.length > 0) throw new Error(broken.splice(0).join('\n'));
}
