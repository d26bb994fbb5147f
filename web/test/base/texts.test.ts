import { describe, expect, it } from 'vitest';
import { installBrowser } from '../browser';

installBrowser();
const { isolated, joined } = await import('../../src/base/bidi');
const { clockOf } = await import('../../src/base/wall_time');
const { format } = await import('../../src/base/i18n');

describe('a text of people within another', () => {
  it.each([['شرفة الحديقة'], ['מרפסת'], ['T5 \u202eevil'], ['T5\u200f'], ['𐤀𐤁'], ['𞤀𞤁']])('%j is isolated', (text) => {
    const shown = isolated(text);
    expect(shown.startsWith('\u2068') && shown.endsWith('\u2069')).toBe(true);
    expect(shown.slice(1, -1)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });

  it.each([['Terrace'], ['Käsespätzle'], ['寿司'], ['T5 · 12'], ['🍔'], ['']])('%j turns nothing, and stays as it is', (text) => {
    expect(isolated(text)).toBe(text);
  });

  it('is isolated in every message, and numbers are not', () => {
    const shown = format({ order: 'Order {number}, {table}' }, 'en', 'order', { number: 5, table: 'شرفة 6' });
    expect(shown).toBe('Order 5, \u2068شرفة 6\u2069');
  });

  it('stands beside others without those that are missing', () => {
    expect(joined(['Harbor', undefined, '', 'T5'])).toBe('Harbor · T5');
    expect(joined(['شرفة', '6'], ' / ')).toBe('\u2068شرفة\u2069 / 6');
  });
});

describe('the clock of a page', () => {
  it.each([
    ['en', ['en-US', 'en'], true],
    ['en', ['en-GB'], false],
    ['de', ['de-DE'], false],
    ['en', ['de-DE', 'de'], false],
    ['en', ['de'], false],
    ['de', ['en-US'], false],
    ['en', [], true],
    ['de', [], false],
  ] as const)('in %s on a device of %j has 12 hours: %s', (language, device, isTwelve) => {
    const text = new Date(2026, 0, 1, 19, 5).toLocaleTimeString(language, clockOf(language, device));
    expect(/^0?7:05\sPM$/.test(text), text).toBe(isTwelve);
    if (!isTwelve) expect(text).toBe('19:05');
  });
});
