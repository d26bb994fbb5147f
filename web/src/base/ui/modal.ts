// Modal dialogs, also where <dialog> is an element like any other (Safari before 15.4).

type MaybeDialog = Partial<Pick<HTMLDialogElement, 'showModal' | 'close'>>;

const escapes = new WeakMap<HTMLElement, (event: KeyboardEvent) => void>();

/** Without the browser's help the dialog stands over the page, has the focus, and Escape closes it. */
export function openModal(dialog: HTMLDialogElement, onClose: () => void): void {
  if ((dialog as MaybeDialog).showModal) return dialog.showModal();
  dialog.setAttribute('open', '');
  dialog.setAttribute('role', 'dialog');
  dialog.setAttribute('aria-modal', 'true');
  dialog.classList.add('is-plain-modal');
  const onEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
  };
  escapes.set(dialog, onEscape);
  document.addEventListener('keydown', onEscape);
  dialog.tabIndex = -1;
  dialog.focus();
}

export function closeModal(dialog: HTMLDialogElement): void {
  if ((dialog as MaybeDialog).close) return dialog.close();
  dialog.removeAttribute('open');
  const onEscape = escapes.get(dialog);
  if (onEscape) document.removeEventListener('keydown', onEscape);
}
