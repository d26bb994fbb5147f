// The menu as guests read it.

import type { Schemas } from '../base/api/client';
import type { PushedEvent } from '../base/realtime/event';

export type Menu = Schemas['Menu'];
export type Dish = Menu['items'][number];

export interface Section {
  /** None: dishes that stand under no heading. */
  category?: string;
  dishes: Dish[];
}

/**
 * In the menu's order. A heading stands at the lowest position that its dishes were given: 0 is also that of a dish that was
 * given none, which pulls no heading to the top.
 */
export function sectionsOf(menu: Menu): Section[] {
  const sections = dishesBySection(menu);
  const place = ({ dishes }: Section) => Math.min(...dishes.map(({ position }) => position || Infinity));
  const places = new Map(sections.map((section) => [section, Number.isFinite(place(section)) ? place(section) : 0]));
  return sections.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

function dishesBySection(menu: Menu): Section[] {
  const sections = new Map<string, Section>();
  for (const dish of menu.items) {
    const section = sections.get(dish.category ?? '') ?? { ...(dish.category ? { category: dish.category } : {}), dishes: [] };
    section.dishes.push(dish);
    sections.set(dish.category ?? '', section);
  }
  return [...sections.values()];
}

/** Applies the event to a known dish; the event does not carry the position. */
export function withMenuEvent(menu: Menu, { menuItemId, name, price, available }: PushedEvent): Menu {
  if (typeof name !== 'string' || typeof price !== 'number' || typeof available !== 'boolean') return menu;
  return { ...menu, items: menu.items.map((dish) => (dish.id === menuItemId ? { ...dish, name, price, available } : dish)) };
}

/** Whether the event carries the whole change: then not every phone in the restaurant reads the menu at the same time. */
export function isCompleteUpdate(menu: Menu, { menuItemId, change }: PushedEvent): boolean {
  return (change === 'available' || change === 'unavailable') && menu.items.some(({ id }) => id === menuItemId);
}

/** As the service adds tax: `taxRateBp` in basis points, rounded half up. */
export function withTax(totalMinor: number, taxRateBp: number): number {
  return totalMinor + Math.floor((totalMinor * taxRateBp + 5_000) / 10_000);
}
