// The settings that every page has: language and colours.

import { chooseLocale, locale, LOCALE_NAMES, LOCALES, translator } from '../i18n';
import type common from '../i18n/en.json';
import { chooseTheme, theme, THEMES } from './theme';

const t = translator<typeof common>();
const THEME_LABELS = { auto: 'themeAuto', light: 'themeLight', dark: 'themeDark' } as const;

export function LanguageChoice() {
  return (
    <label class="choice">
      {t('language')}
      <select
        value={locale.value}
        onChange={({ currentTarget }) => {
          const chosen = LOCALES.find((one) => one === currentTarget.value);
          if (chosen) void chooseLocale(chosen);
        }}
      >
        {LOCALES.map((one) => (
          <option key={one} value={one} lang={one}>
            {LOCALE_NAMES[one]}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ThemeChoice() {
  return (
    <label class="choice">
      {t('theme')}
      <select
        value={theme.value}
        onChange={({ currentTarget }) => {
          const chosen = THEMES.find((one) => one === currentTarget.value);
          if (chosen) chooseTheme(chosen);
        }}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {t(THEME_LABELS[one])}
          </option>
        ))}
      </select>
    </label>
  );
}
