// What a guest has chosen and not ordered yet. Stored on the device, per session.

import { signal, type ReadonlySignal } from '@preact/signals';
import type { Schemas } from '../base/api/client';
import { newId } from '../base/ids';
import { readJson, type Store } from '../base/storage';
import { withTax, type Dish, type Menu } from './menu';

export interface CartLine {
  id: string;
  menuItemId: string;
  /** As it was called and priced when it was chosen. */
  name: string;
  price: number;
  quantity: number;
  note: string;
}

export interface Cart {
  lines: CartLine[];
  /** For the whole order. */
  note: string;
}

/** The bounds of an order; see PlaceOrder in the API's description. Quantities beyond are a slip of the finger. */
export const QUANTITY_MAX = 99;
export const NOTE_MAX = 500;
const LINES_MAX = 100;
const EMPTY: Cart = { lines: [], note: '' };

export class CartStore {
  readonly cart: ReadonlySignal<Cart>;
  private readonly current = signal<Cart>(EMPTY);

  constructor(
    private readonly store: Store,
    private readonly storeKey: string,
  ) {
    this.cart = this.current;
    this.reload();
  }

  /** Another tab of the same device changed it. */
  reload(): void {
    this.current.value = readJson(this.store, this.storeKey, isCart) ?? EMPTY;
  }

  /** False: it is full. The same with the same note becomes one line. */
  add({ id: menuItemId, name, price }: Dish, quantity = 1, note = ''): boolean {
    const { lines } = this.current.value;
    const same = lines.find((line) => line.menuItemId === menuItemId && line.note === note);
    if (same) {
      this.setQuantity(same.id, same.quantity + quantity);
      return true;
    }
    if (lines.length >= LINES_MAX) return false;
    this.save({ lines: [...lines, { id: newId(), menuItemId, name, price, quantity, note }] });
    return true;
  }

  /** 0 takes the line away. */
  setQuantity(lineId: string, quantity: number): void {
    this.change(lineId, (line) => ({ ...line, quantity: Math.min(quantity, QUANTITY_MAX) }));
  }

  setLineNote(lineId: string, note: string): void {
    this.change(lineId, (line) => ({ ...line, note }));
  }

  setNote(note: string): void {
    this.save({ note });
  }

  /** The guest agrees to the current prices. */
  acceptPrices(menu: Menu): void {
    const prices = new Map(menu.items.map(({ id, price }) => [id, price]));
    this.save({ lines: this.current.value.lines.map((line) => ({ ...line, price: prices.get(line.menuItemId) ?? line.price })) });
  }

  clear(): void {
    this.current.value = EMPTY;
    this.store.remove(this.storeKey);
  }

  private change(lineId: string, how: (line: CartLine) => CartLine): void {
    const lines = this.current.value.lines.map((line) => (line.id === lineId ? how(line) : line));
    this.save({ lines: lines.filter(({ quantity }) => quantity > 0) });
  }

  private save(change: Partial<Cart>): void {
    this.current.value = { ...this.current.value, ...change };
    this.store.set(this.storeKey, JSON.stringify(this.current.value));
  }
}

export interface PricedLine extends CartLine {
  /** Now; `price` where it is off the menu. */
  priceNow: number;
  /** sold-out: not now. gone: no longer on the menu. */
  state: 'available' | 'sold-out' | 'gone';
}

export interface PricedCart {
  lines: PricedLine[];
  /** Of what can be had, in minor units. */
  subtotal: number;
  total: number;
  count: number;
  /** Something in it cannot be had. */
  isBlocked: boolean;
}

/** The cart at the current prices of the menu. */
export function priced(cart: Cart, menu: Menu | undefined): PricedCart {
  const dishes = new Map(menu?.items.map((dish) => [dish.id, dish]));
  const lines = cart.lines.map((line): PricedLine => {
    const dish = dishes.get(line.menuItemId);
    const known = { ...line, name: dish?.name ?? line.name, priceNow: dish?.price ?? line.price };
    if (!menu || dish?.available) return { ...known, state: 'available' };
    return { ...known, state: dish ? 'sold-out' : 'gone' };
  });
  const available = lines.filter(({ state }) => state === 'available');
  const subtotal = available.reduce((sum, { priceNow, quantity }) => sum + priceNow * quantity, 0);
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return { lines, subtotal, total: withTax(subtotal, menu?.taxRateBp ?? 0), count, isBlocked: available.length < lines.length };
}

/** The body of the request. */
export function orderOf({ lines, note }: Cart): Schemas['PlaceOrder'] {
  const items = lines.map(({ menuItemId, quantity, note: note }) => {
    return { menuItemId, quantity, ...(note.trim() === '' ? {} : { note: note.trim() }) };
  });
  return { items, ...(note.trim() === '' ? {} : { note: note.trim() }) };
}

function isCart(value: unknown): value is Cart {
  if (typeof value !== 'object' || value === null) return false;
  const { lines, note } = value as Record<string, unknown>;
  return typeof note === 'string' && Array.isArray(lines) && lines.every(isLine);
}

function isLine(value: unknown): value is CartLine {
  if (typeof value !== 'object' || value === null) return false;
  const { id, menuItemId, name, price, quantity, note } = value as Record<string, unknown>;
  const isText = [id, menuItemId, name, note].every((one) => typeof one === 'string');
  return isText && typeof price === 'number' && Number.isInteger(quantity) && Number(quantity) > 0;
}
