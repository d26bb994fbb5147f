// Short notices. They go by themselves; errors stay until dismissed or overtaken.

import { signal } from '@preact/signals';
import { translator } from '../i18n';
import type common from '../i18n/en.json';
import './toasts.css';

interface Toast {
  id: number;
  kind: 'info' | 'error';
  text: string;
}

const SHOWN_MAX = 4;
const INFO_MS = 5_000;
const t = translator<typeof common>();
const toasts = signal<Toast[]>([]);
let lastId = 0;

export function showToast(kind: Toast['kind'], text: string): void {
  const toast = { id: ++lastId, kind, text };
  toasts.value = [...toasts.value.filter((one) => one.text !== text), toast].slice(-SHOWN_MAX);
  window.setTimeout(() => dismiss(toast.id), kind === 'info' ? INFO_MS : INFO_MS * 3);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.kind}`}>
          <span>{toast.text}</span>
          <button type="button" class="quiet" aria-label={t('dismiss')} onClick={() => dismiss(toast.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
