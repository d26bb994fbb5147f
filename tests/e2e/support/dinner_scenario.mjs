// A busy kitchen at dinner: tickets in every state, with everything that a card can show.

import { logIn, placeOrder, request, sitDown } from './fixtures.mjs';

const NOTES = ['no onions', 'allergy: nuts', undefined, 'well done', 'sauce on the side'];

/** Order number `i` of the scenario, placed by a guest at one of the tables. */
export async function placeScenarioOrder(service, branch, i) {
  const guest = await sitDown(service, branch.tables[i % branch.tables.length]);
  const items = [0, 1, 2].slice(0, 1 + (i % 3)).map((k) => {
    const note = NOTES[(i + 2 * k) % NOTES.length];
    return { menuItemId: branch.menuItems[(i + k) % branch.menuItems.length].id, quantity: 1 + ((i * k) % 4), ...(note ? { note } : {}) };
  });
  const order = { items, ...(i === 3 ? { note: 'Birthday: a candle, please' } : {}), ...(i === 1 ? { customerName: 'Zoë' } : {}) };
  return placeOrder(service, guest.token, order);
}

/** Nine orders, the first of them 17 minutes old; the eighth is to be cancelled. */
export async function fillKitchen(service, database, branch) {
  const manager = await logIn(service, branch, 'MANAGER');
  const made = [];
  for (let i = 0; i < 9; i++) made.push(await placeScenarioOrder(service, branch, i));
  const ticket = (i) => made[i].tickets[0].id;
  const post = (i, action) => request(service, 'POST', `/v1/tickets/${ticket(i)}/${action}`, { token: manager });
  const move = (i, status) => request(service, 'PATCH', `/v1/tickets/${ticket(i)}`, { token: manager, body: { status } });
  for (const [i, status] of [[0, 'preparing'], [1, 'preparing'], [2, 'preparing'], [3, 'ready'], [4, 'acknowledged']]) await move(i, status);
  await post(5, 'hold');
  await post(6, 'rush');
  await request(service, 'POST', `/v1/orders/${made[7].id}/cancel-request`, { token: manager, body: { reason: 'Guests had to leave' } });
  for (const [i, minutes] of [[0, 17], [1, 9], [3, 11], [4, 4], [6, 2]]) {
    await database.query('update tickets set created_at = created_at - make_interval(mins => $2) where order_id = $1', [made[i].id, minutes]);
  }
  return made;
}
