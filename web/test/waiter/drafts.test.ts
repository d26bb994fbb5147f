import { beforeEach, describe, expect, it } from 'vitest';
import { installBrowser } from '../browser';

installBrowser();
const { draftOf, dropDraft, quantityOf, restoreDraft, setItemNote, setNote, setQuantity } = await import('../../src/waiter/drafts');

beforeEach(() => dropDraft('s'));

describe('an order that is being written down', () => {
  it('counts each thing once, in the order it was named, and not beyond reason', () => {
    for (const [id, quantity] of [['a', 1], ['b', 1], ['a', 2], ['c', 1], ['b', 0]] as const) setQuantity('s', id, quantity);
    expect(draftOf('s').items).toEqual([{ menuItemId: 'a', quantity: 2 }, { menuItemId: 'c', quantity: 1 }]);
    setQuantity('s', 'a', 1000);
    expect(quantityOf('s', 'a')).toBe(99);
    expect(quantityOf('other', 'a')).toBe(0);
  });

  it('has notes of its lines, and one of its own', () => {
    setQuantity('s', 'a', 1);
    setQuantity('s', 'b', 1);
    setItemNote('s', 'a', 'rare');
    setNote('s', 'hurry');
    expect(draftOf('s')).toEqual({ items: [{ menuItemId: 'a', quantity: 1, note: 'rare' }, { menuItemId: 'b', quantity: 1 }], note: 'hurry' });
    setItemNote('s', 'a', '');
    expect(draftOf('s').items[0]).toEqual({ menuItemId: 'a', quantity: 1 });
  });

  it('is there again when it was refused, but never over a newer one', () => {
    const sent = { items: [{ menuItemId: 'a', quantity: 3 }], note: 'x' };
    restoreDraft('s', sent);
    expect(draftOf('s')).toEqual(sent);
    restoreDraft('s', { items: [], note: 'older' });
    expect(draftOf('s')).toEqual(sent);
  });
});
