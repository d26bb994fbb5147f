import { effect, signal } from '@preact/signals';
import { deviceStore } from '../storage';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const KEY = 'orderpush.theme';

const stored = deviceStore.get(KEY);
export const theme = signal<Theme>(THEMES.find((one) => one === stored) ?? 'auto');

effect(() => {
  if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
});

export function chooseTheme(to: Theme): void {
  deviceStore.set(KEY, to);
  theme.value = to;
}
