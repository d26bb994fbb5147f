// The validators of answers and events refuse what is wrong; all other tests rely on them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAnswer, eventValidator } from '../support/conformance.mjs';
import { openApi } from '../support/openapi.mjs';

const order = openApi.components.examples.Order.value;
const PATH = `/v1/orders/${order.id}`;
const REQUEST_ID = { 'X-Request-Id': 'abc' };

function answer(status, body, more = {}) {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return { status, body, headers: new Headers({ 'Content-Type': type, ...REQUEST_ID, ...more }) };
}

const good = () => answer(200, structuredClone(order), { ETag: '"1"' });
const problem = (status, code) =>
  answer(status, { type: 'about:blank', title: 'Title', status, detail: 'Detail.', code, requestId: 'abc' });
const refuses = (given, reason, path = PATH, method = 'GET') =>
  assert.throws(() => checkAnswer(method, path, given), { message: reason });

test('answers as documented pass', () => {
  checkAnswer('GET', PATH, good());
  checkAnswer('HEAD', PATH, { ...good(), body: '' });
  checkAnswer('GET', `${PATH}?a=b`, problem(404, 'order_not_found'));
  checkAnswer('OPTIONS', PATH, { status: 204, body: '', headers: new Headers() });
});

test('a body that is not as documented is refused, field by field', () => {
  const wrong = (change) => {
    const given = good();
    change(given.body);
    return given;
  };
  refuses(wrong((body) => delete body.finalAmount), /finalAmount/);
  refuses(wrong((body) => (body.secret = 1)), /secret/);
  refuses(wrong((body) => (body.status = 'SENT')), /\/status/);
  refuses(wrong((body) => (body.totalAmount = 1.5)), /\/totalAmount/);
  refuses(wrong((body) => (body.createdAt = '2026-11-21T18:02:11Z')), /\/createdAt/);
  refuses(wrong((body) => (body.tickets[0].itemIds = ['1'])), /\/tickets\/0\/itemIds\/0/);
  refuses({ ...good(), body: '' }, /must be object/);
});

test('a status, a code, a header or a media type that is not documented is refused', () => {
  refuses({ ...good(), status: 202 }, /media type/);
  refuses(problem(418, 'teapot'), /\/code/);
  refuses(problem(404, 'payment_not_found'), /\/code/);
  refuses(answer(200, order), /ETag is missing/);
  refuses(answer(200, order, { ETag: '1' }), /header ETag/);
  refuses(answer(200, order, { ETag: '"1"', 'Content-Type': 'text/plain' }), /media type/);
  refuses(answer(200, order, { ETag: '"1"', RateLimit: 'many' }), /header RateLimit/);
});

test('what is not documented may only be refused', () => {
  refuses(answer(200, {}), /not documented/, '/v1/secrets');
  refuses(answer(200, {}), /not documented/, PATH, 'PUT');
  checkAnswer('GET', '/v1/secrets', problem(404, 'not_found'));
  checkAnswer('PUT', PATH, problem(405, 'method_not_allowed'));
});

test('an event that is not as its schema has it is refused', () => {
  const validate = eventValidator({
    $defs: {
      'menu:updated': {
        type: 'object',
        required: ['id', 'type', 'price'],
        additionalProperties: false,
        properties: { id: { type: 'string', format: 'uuid' }, type: { const: 'menu:updated' }, price: { type: 'integer' } },
      },
    },
  });
  const event = { id: order.id, type: 'menu:updated', price: 5 };
  assert.deepEqual(validate(event), []);
  assert.match(validate({ ...event, price: '5' }).join(), /\/price/);
  assert.match(validate({ ...event, id: 'x' }).join(), /\/id/);
  assert.match(validate({ ...event, more: 1 }).join(), /more/);
  assert.match(validate({ id: order.id, type: 'menu:updated' }).join(), /price/);
  assert.match(validate({ ...event, type: 'menu:gone' }).join(), /no event/);
  assert.match(validate('text').join(), /no event/);
});
