// The settings that every page has: language and colours.

import { chooseLocale, locale, LOCALE_NAMES, LOCALES, translator } from '../i18n';
import type common from '../i18n/en.json';
import { chooseTheme, theme, THEMES } from './theme';
import './choices.css';

const t = translator<typeof common>();
const THEME_LABELS = { auto: 'themeAuto', light: 'themeLight', dark: 'themeDark' } as const;

interface ChoiceProps<Value extends string> {
  label: string;
  values: readonly Value[];
  chosen: Value;
  textOf: (value: Value) => string;
  /** The language that `textOf` is in, where it is not that of the page. */
  langOf?: (value: Value) => string;
  onChoose: (value: Value) => void;
}

function Choice<Value extends string>({ label, values, chosen, textOf, langOf, onChoose }: ChoiceProps<Value>) {
  const onChange = ({ currentTarget }: { currentTarget: HTMLSelectElement }) => {
    const value = values.find((one) => one === currentTarget.value);
    if (value !== undefined) onChoose(value);
  };
  return (
    <label class="choice">
      {label}
      <select value={chosen} onChange={onChange}>
        {values.map((value) => (
          <option key={value} value={value} lang={langOf?.(value)}>
            {textOf(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function LanguageChoice() {
  return (
    <Choice
      label={t('language')}
      values={LOCALES}
      chosen={locale.value}
      textOf={(one) => LOCALE_NAMES[one]}
      langOf={(one) => one}
      onChoose={(one) => void chooseLocale(one)}
    />
  );
}

export function ThemeChoice() {
  return (
    <Choice
      label={t('theme')}
      values={THEMES}
      chosen={theme.value}
      textOf={(one) => t(THEME_LABELS[one])}
      onChoose={chooseTheme}
    />
  );
}
