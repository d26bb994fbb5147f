// The menu: read when an order form is opened, then updated by its channel.

import { signal } from '@preact/signals';
import type { ApiClient, Schemas } from '../base/api/client';
import { ApiError } from '../base/api/error';
import type { PushedEvent } from '../base/realtime/event';

export type OfferedItem = Schemas['OfferedItem'];

export class Menu {
  readonly items = signal<readonly OfferedItem[] | undefined>(undefined);
  /** It could not be read. */
  readonly isMissing = signal(false);
  /** Basis points. */
  readonly taxRateBp = signal(0);
  readonly currency = signal('');

  constructor(
    private readonly api: ApiClient,
    private readonly branchId: string,
  ) {}

  async read(): Promise<void> {
    this.isMissing.value = false;
    try {
      const menu = await this.api.get('/v1/branches/{id}/menu', { path: { id: this.branchId } });
      this.items.value = menu.items;
      this.taxRateBp.value = menu.taxRateBp;
      this.currency.value = menu.currency;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.isMissing.value = this.items.value === undefined;
    }
  }

  /** False: not an event of a menu. */
  apply(event: PushedEvent): boolean {
    if (event.type === 'realtime:provider_changed') return true;
    if (event.type !== 'menu:updated') return false;
    const { menuItemId: id, name, price, available } = event;
    const isWhole = typeof id === 'string' && typeof name === 'string' && typeof price === 'number';
    if (!isWhole || typeof available !== 'boolean' || !this.items.value) return true;
    const known = this.items.value.find((item) => item.id === id);
    const changed = { position: 0, ...known, id, name, price, available };
    this.items.value = known
      ? this.items.value.map((item) => (item === known ? changed : item))
      : [...this.items.value, changed];
    return true;
  }
}
