// Whatever comes to whichever route of the real binary: never an answer that blames us, and a refusal leaves every
// table of the database as it was. The routes are read from the table in the source, so that new ones are covered.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endAll, endLater } from '../support/cleanup.mjs';
import { logIn, orderOf, placeOrder, request, sitDown } from '../support/fixtures.mjs';
import { createRestaurant, startService } from '../support/service.mjs';

const REQUESTS_PER_ROUTE = 12;
/** Of an earlier system, and of two steps: the guest is seated before the menu can refuse the order. */
const SEATS_FIRST = '/public/order/place';

let restaurant;
let service;
let routes;
before(async () => {
  restaurant = await createRestaurant();
  service = await startService(restaurant.database.url, { LOGIN_ATTEMPTS_ADDRESS_PER_MINUTE: '0', LOGIN_ATTEMPTS_EMAIL_PER_MINUTE: '0' });
  const source = await readFile(path.resolve(import.meta.dirname, '../../../src/http/routes.cpp'), 'utf8');
  routes = [...source.matchAll(/\{"([A-Z]+)",\s+"(\/[^"]*)"/g)].map(([, method, pattern]) => ({ method, pattern }));
});
after(endAll);

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed) {
  return (bound) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

const VALUES = [
  'null', 'true', '-1', '0', '1.5', '1e999', '9223372036854775808', '"\\u0000"', '"\\ud800"', '"\\u202e\\u0301"', '""',
  '"ready"', '"2026-11-21T18:30:00.125Z"', '"00000000-0000-7000-8000-000000000000"', '[]', '{}', '[[[[[1]]]]]', '{"a":{"b":1}}',
  `"${'x'.repeat(5000)}"`, `[${'1,'.repeat(999)}1]`, '"\\ud83c\\udf54"',
];
const NAMES = [
  'items', 'status', 'note', 'reason', 'qrToken', 'deviceId', 'name', 'email', 'password', 'menuItemId', 'quantity', 'priority',
  'stationId', 'ticketId', 'socket_id', 'channel_name', 'kind', 'eventIds', 'amount', 'method', 'price', 'available', 'number', 'sessionId', 'x',
];

function bodyFrom(random) {
  const pick = (list) => list[random(list.length)];
  if (random(8) === 0) return pick(['', '{', '[', '\ufeff{}', '{"a":1,"a":2}', '['.repeat(5000), 'null', pick(VALUES)]);
  const members = new Set(Array.from({ length: random(6) }, () => pick(NAMES)));
  return `{${[...members].map((name) => `"${name}":${pick(VALUES)}`).join()}}`;
}

/** A function that reads a hash of every table's rows. Tables written in the background are left out. */
async function watchTables() {
  const client = await restaurant.database.connect();
  const { rows: tables } = await client.query(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
  );
  const hashes = tables
    .filter(({ name }) => !/^events$|deliver|counter|lease|outbox|stats|presence|alarm|^instances$/.test(name))
    .map(({ name }) => `select '${name}' as name, md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as hash from "${name}" t`);
  endLater(() => client.end());
  return async () => (await client.query(hashes.join(' union all '))).rows;
}

test('no request gets a 5xx, and refusals change no row', async () => {
  const [harbor] = restaurant.demo.branches;
  const guest = await sitDown(service, harbor.tables[0]);
  const order = await placeOrder(service, guest.token, orderOf(harbor));
  const tokens = [guest.token, await logIn(service, harbor, 'KITCHEN'), await logIn(service, harbor, 'ADMIN'), undefined];
  const snapshot = await watchTables();
  const random = randomFrom(20261121);
  const ids = [order.id, harbor.id, guest.session.id, harbor.menuItems[0].id, 'x%00', '%F0%9F%8D%94', `kitchen:${harbor.id}`];
  assert.ok(routes.length > 20, `found ${routes.length} routes`);
  for (const { method, pattern } of routes) {
    let refused = 0;
    let before = await snapshot();
    for (let i = 0; i < REQUESTS_PER_ROUTE; ++i) {
      const target = pattern.replace(/\{[^}]+\}/g, () => ids[random(ids.length)]) + (random(6) ? '' : '?limit=%00&x=1');
      const raw = method === 'GET' ? undefined : bodyFrom(random);
      const answer = await request(service, method, target, { token: tokens[random(tokens.length)], raw });
      const what = `${method} ${target} ${raw?.slice(0, 300)}\n${answer.status} ${JSON.stringify(answer.body)}`;
      assert.ok(answer.status < 500, what);
      if (answer.status < 400) {
        before = await snapshot();
        continue;
      }
      ++refused;
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/, what);
      if (method !== 'GET' && pattern !== SEATS_FIRST) assert.deepEqual(await snapshot(), before, what);
    }
    if (method !== 'GET') assert.ok(refused > 0, `${method} ${pattern} refuses nothing`);
  }
});
