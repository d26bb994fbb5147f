import { describe, expect, it } from 'vitest';
import { installBrowser } from '../browser';

installBrowser();
const { format } = await import('../../src/base/i18n');

const files = import.meta.glob<Record<string, string>>('../../src/**/{en,de}.json', { eager: true, import: 'default' });
const englishFiles = Object.keys(files).filter((name) => name.endsWith('/en.json'));
const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe.each(englishFiles)('%s', (name) => {
  const english = files[name] ?? {};
  const german = files[name.replace('/en.json', '/de.json')] ?? {};

  it('says the same in every language', () => {
    expect(Object.keys(german)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(english)) {
      expect(namesIn(german[key] ?? ''), key).toEqual(namesIn(text));
      expect(german[key]?.trim(), key).not.toBe('');
    }
  });
});

describe('a message', () => {
  const messages = { plain: 'Order {number} for {name}', few_one: '{count} order', few_other: '{count} orders' };

  it('takes values as text, whatever they hold', () => {
    expect(format(messages, 'en', 'plain', { number: 3, name: '<b>{number}</b>' })).toBe('Order 3 for <b>{number}</b>');
  });

  it('has forms for numbers', () => {
    expect([0, 1, 2].map((count) => format(messages, 'en', 'few', { count }))).toEqual(['0 orders', '1 order', '2 orders']);
  });

  it('is its own key where it is missing', () => {
    expect(format(messages, 'en', 'nothing')).toBe('nothing');
  });
});
