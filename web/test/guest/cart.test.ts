import { beforeEach, describe, expect, it } from 'vitest';
import { installBrowser } from '../browser';
import { MENU } from './samples';

installBrowser();
const { storeOver } = await import('../../src/base/storage');
const { CartStore, NOTE_MAX, orderOf, priced, QUANTITY_MAX } = await import('../../src/guest/cart');
const { sectionsOf, withMenuEvent, withTax } = await import('../../src/guest/menu');
const { money } = await import('../../src/base/money');
const { event } = await import('../kitchen/samples');

const [bread, soup, steak] = MENU.items as [Dish, Dish, Dish];
type Dish = (typeof MENU.items)[number];
const store = storeOver(() => window.localStorage);
let box: InstanceType<typeof CartStore>;
beforeEach(() => {
  window.localStorage.clear();
  box = new CartStore(store, 'cart');
});

describe('a cart', () => {
  it('joins the same dish with the same note, and keeps other notes apart', () => {
    box.add(soup);
    box.add(soup, 2);
    box.add(soup, 1, 'hot');
    expect(box.cart.value.lines.map(({ quantity, note }) => [quantity, note])).toEqual([[3, ''], [1, 'hot']]);
  });

  it('outlives the page, and is shared by the tabs of a device', () => {
    box.add(steak, 2);
    box.setNote('Birthday');
    const other = new CartStore(store, 'cart');
    expect(other.cart.value).toEqual(box.cart.value);
    other.clear();
    box.reload();
    expect(box.cart.value.lines).toEqual([]);
    expect(window.localStorage.getItem('cart')).toBeNull();
  });

  it('is bounded, and loses what nobody wants', () => {
    for (let i = 0; i < 100; i++) expect(box.add(soup, 1, `note ${i}`)).toBe(true);
    expect(box.add(soup, 1, 'one more')).toBe(false);
    const [first] = box.cart.value.lines;
    box.setQuantity(first!.id, 1_000);
    expect(box.cart.value.lines[0]!.quantity).toBe(QUANTITY_MAX);
    box.setQuantity(first!.id, 0);
    expect(box.cart.value.lines.length).toBe(99);
  });

  it('is not believed when what is stored is something else', () => {
    for (const text of ['7', '{', '{"lines":[{}],"note":""}', '{"lines":[]}']) {
      window.localStorage.setItem('cart', text);
      expect(new CartStore(store, 'cart').cart.value).toEqual({ lines: [], note: '' });
    }
  });

  it('becomes an order, without empty notes', () => {
    box.add(soup, 2, 'hot ');
    box.add(bread);
    box.setNote('  ');
    expect(orderOf(box.cart.value)).toEqual({
      items: [{ menuItemId: 'soup', quantity: 2, note: 'hot' }, { menuItemId: 'bread', quantity: 1 }],
    });
    box.setNote('x'.repeat(NOTE_MAX));
    expect(orderOf(box.cart.value).note).toHaveLength(NOTE_MAX);
  });
});

describe('what a cart comes to', () => {
  it('is what the menu says now, with tax as the service adds it', () => {
    box.add(soup, 2);
    box.add(steak);
    expect(priced(box.cart.value, MENU)).toMatchObject({ subtotal: 3690, total: 4391, count: 3, isBlocked: false });
    const dearer = withMenuEvent(MENU, event('menu:updated', { menuItemId: 'soup', name: 'Soup', price: 600, available: true }));
    const now = priced(box.cart.value, dearer);
    expect([now.subtotal, now.lines[0]!.price, now.lines[0]!.priceNow]).toEqual([3890, 500, 600]);
    box.acceptPrices(dearer);
    expect(box.cart.value.lines[0]!.price).toBe(600);
  });

  it('leaves out what cannot be had, and says that something cannot', () => {
    box.add(soup);
    box.add(steak);
    const sold = withMenuEvent(MENU, event('menu:updated', { menuItemId: 'steak', name: 'Steak', price: 2690, available: false }));
    expect(priced(box.cart.value, sold)).toMatchObject({ subtotal: 500, isBlocked: true });
    expect(priced(box.cart.value, sold).lines[1]!.state).toBe('sold-out');
    const gone = { ...MENU, items: [soup] };
    expect(priced(box.cart.value, gone).lines[1]!.state).toBe('gone');
  });

  it('rounds tax half up', () => {
    expect([withTax(100, 825), withTax(2, 2500), withTax(1, 4999), withTax(0, 1900)]).toEqual([108, 3, 1, 0]);
  });
});

describe('a menu', () => {
  it('stands under its headings, in the order of the first dish of each', () => {
    expect(sectionsOf(MENU).map(({ category, dishes }) => [category, dishes.map(({ id }) => id)])).toEqual([
      [undefined, ['bread']],
      ['Starters', ['soup', 'salad']],
      ['Mains', ['steak']],
    ]);
  });

  it('keeps a heading where its dishes were put, when one of them has no position', () => {
    const dish = (id: string, category: string, position: number) => ({ id, name: id, price: 1, available: true, category, position });
    const items = [dish('cake', 'Desserts', 0), dish('soup', 'Starters', 10), dish('steak', 'Mains', 20), dish('mousse', 'Desserts', 30)];
    expect(sectionsOf({ ...MENU, items }).map(({ category }) => category)).toEqual(['Starters', 'Mains', 'Desserts']);
  });

  it('takes no event that is not whole', () => {
    expect(withMenuEvent(MENU, event('menu:updated', { menuItemId: 'soup', price: '5' }))).toBe(MENU);
  });
});

describe('money', () => {
  it('is as its currency has it', () => {
    expect(money(1290, 'EUR', 'en')).toBe('€12.90');
    expect(money(1290, 'JPY', 'en')).toBe('¥1,290');
    expect(money(1290, 'EUR', 'de')).toBe('12,90\u00a0€');
  });
});
