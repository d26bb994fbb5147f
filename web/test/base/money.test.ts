import { describe, expect, it, vi } from 'vitest';
import openapi from '../../../docs/openapi/openapi.json';
import { CURRENCIES, decimalsOf } from '../../src/base/currencies';
import { minorOf, money, plainAmount } from '../../src/base/money';

describe('the decimals of a currency', () => {
  it.each([
    ['EUR', 2], ['USD', 2], ['HUF', 2], ['IDR', 2], ['COP', 2], ['CZK', 2], ['ALL', 2], ['MGA', 2], ['UZS', 2], ['XCG', 2], ['ZWG', 2],
    ['JPY', 0], ['KRW', 0], ['ISK', 0], ['UGX', 0], ['XPF', 0], ['UYI', 0],
    ['KWD', 3], ['BHD', 3], ['IQD', 3], ['TND', 3], ['CLF', 4], ['UYW', 4],
  ])('of %s are %i', (currency, decimals) => expect(decimalsOf(currency)).toBe(decimals));

  it.each([['XYZ'], ['XAU'], ['XXX'], ['eur'], [''], ['constructor']])('are not known of %j', (code) => {
    expect(decimalsOf(code)).toBeUndefined();
  });

  it('are known of each currency once, and the API says which are not two', () => {
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
    expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    const { description } = openapi.components.schemas.Currency;
    for (const decimals of [0, 3, 4]) {
      const text = new RegExp(`\\b${decimals} of ([A-Z, and]+)`).exec(description)?.[1] ?? '';
      expect(text.match(/[A-Z]{3}/g)?.sort(), String(decimals)).toEqual(CURRENCIES.filter((code) => decimalsOf(code) === decimals));
    }
  });
});

describe('an amount', () => {
  const plain = (text: string) => text.replace(/\s/g, ' ');

  it.each([
    [129000, 'HUF', 'en', 'HUF 1,290.00'],
    [129000, 'HUF', 'de', '1.290,00 HUF'],
    [129000, 'IDR', 'de', '1.290,00 IDR'],
    [1290, 'JPY', 'en', '¥1,290'],
    [1290, 'ISK', 'de', '1.290 ISK'],
    [1290, 'KWD', 'en', 'KWD 1.290'],
    [1290, 'IQD', 'de', '1,290 IQD'],
    [12900, 'CLF', 'en', 'CLF 1.2900'],
    [-1290, 'EUR', 'en', '-€12.90'],
    [0, 'UGX', 'en', 'UGX 0'],
  ])('%i of %s in %s is %s', (minor, currency, language, text) => expect(plain(money(minor, currency, language))).toBe(text));

  it('does not depend on what the browser takes for its decimals', () => {
    const known = Intl.NumberFormat;
    // As CLDR has it for cash in some browsers.
    const inCash = function (language: string, options?: Intl.NumberFormatOptions) {
      return new known(language, options && { minimumFractionDigits: 0, maximumFractionDigits: 0, ...options });
    };
    vi.stubGlobal('Intl', { ...Intl, NumberFormat: inCash });
    try {
      expect(plain(money(123456, 'AMD', 'en'))).toBe('AMD 1,234.56');
      expect(minorOf('1290', 'AMD')).toBe(129000);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('of an unknown currency stays in minor units, and says so', () => {
    expect(money(1290, 'XYZ', 'en')).toBe('1,290 XYZ (minor units)');
    expect(minorOf('1290', 'XYZ')).toBe(1290);
    expect(minorOf('12.90', 'XYZ')).toBeUndefined();
    expect(plainAmount(1290, 'XYZ')).toBe('1290');
  });
});

describe('typed text', () => {
  it.each([
    ['1290', 'HUF', 129000],
    ['1290,5', 'HUF', 129050],
    ['1290', 'JPY', 1290],
    ['1290', 'ISK', 1290],
    ['1.29', 'KWD', 1290],
    ['1,2345', 'CLF', 12345],
  ])('%s of %s is %i', (text, currency, minor) => expect(minorOf(text, currency)).toBe(minor));

  it.each([['12.5', 'JPY'], ['12.345', 'HUF'], ['1.2345', 'KWD'], ['1,290', 'EUR'], ['1.290', 'JPY']])('%s of %s is refused', (text, currency) => {
    expect(minorOf(text, currency)).toBeUndefined();
  });

  it.each([['en'], ['de']])('of %s is read as it is written', (language) => {
    for (const currency of ['EUR', 'HUF', 'JPY', 'KWD', 'CLF']) {
      for (const minor of [1, 10, 99, 1290, 123456]) {
        expect(minorOf(plainAmount(minor, currency, language), currency), `${minor} ${currency}`).toBe(minor);
      }
    }
    expect(plainAmount(1290, 'EUR', language)).toBe(language === 'de' ? '12,90' : '12.90');
  });
});
