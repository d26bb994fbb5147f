// Texts of the pages: message files in JSON, one per language and page. A message may have {placeholders}, and plural forms
// under KEY_one and KEY_other.

import { signal } from '@preact/signals';
import { isolated } from '../bidi';
import type common from './en.json';
import { deviceStore } from '../storage';

export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];
/** The name of each language in that language. */
export const LOCALE_NAMES: Record<Locale, string> = { en: 'English', de: 'Deutsch' };

type Catalogue = Record<string, string>;
export type Loaders = Record<Locale, () => Promise<{ default: Catalogue }>>;
type Form<K> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
export type KeyOf<Messages> = Form<keyof Messages & string>;
export type Values = Record<string, string | number>;
/** `values.count` chooses the form for numbers. */
export type Translate<Messages> = (key: KeyOf<Messages & typeof common>, values?: Values) => string;

const KEY = 'orderpush.locale';
const commonLoaders: Loaders = { en: () => import('./en.json'), de: () => import('./de.json') };

export const locale = signal<Locale>('en');
const catalogue = signal<Catalogue>({});
let pageLoaders: Loaders | undefined;

const isLocale = (value: unknown): value is Locale => (LOCALES as readonly unknown[]).includes(value);

function preferred(): Locale {
  const chosen = deviceStore.get(KEY);
  if (isLocale(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLocale) ?? 'en';
}

/** To be called once before the page is drawn. */
export async function startMessages(loaders: Loaders): Promise<void> {
  pageLoaders = loaders;
  await setLocale(preferred());
}

export async function setLocale(to: Locale): Promise<void> {
  const [common, page] = await Promise.all([commonLoaders[to](), pageLoaders?.[to]()]);
  catalogue.value = { ...common.default, ...page?.default };
  locale.value = to;
  document.documentElement.lang = to;
}

export function chooseLocale(to: Locale): Promise<void> {
  deviceStore.set(KEY, to);
  return setLocale(to);
}

/** The page's `t`: typed by its own English file. */
export function translator<Messages>(): Translate<Messages> {
  return (key, values) => format(catalogue.value, locale.value, key, values);
}

/** Values that are texts come from people mostly: they turn nothing around them. */
export function format(messages: Catalogue, language: string, key: string, values: Values = {}): string {
  const { count } = values;
  const form = typeof count === 'number' ? `${key}_${new Intl.PluralRules(language).select(count)}` : key;
  const text = messages[form] ?? messages[`${key}_other`] ?? messages[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name] ?? whole;
    return typeof value === 'string' ? isolated(value) : String(value);
  });
}
