import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { translator } from '../i18n';
import type common from '../i18n/en.json';
import './dialog.css';
import { openModal } from './modal';

const t = translator<typeof common>();

/** A modal dialog: the browser keeps the focus in it, Escape closes it, and the focus goes back to where it was. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren; class?: string }) {
  const element = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const dialog = element.current;
    return dialog ? openModal(dialog, props.onClose) : undefined;
  }, []);
  const onBackdrop = (event: MouseEvent) => event.target === element.current && props.onClose();
  return (
    <dialog ref={element} class={`dialog ${props.class ?? ''}`} aria-labelledby={title} onClose={props.onClose} onClick={onBackdrop}>
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={title}>{props.title}</h2>
          <button type="button" class="quiet dialog-close" aria-label={t('close')} onClick={props.onClose}>
            ×
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
