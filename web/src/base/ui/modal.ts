// Modal dialogs, also where <dialog> is an element like any other (Safari before 15.4).

type MaybeDialog = Partial<Pick<HTMLDialogElement, 'showModal'>>;

/** Answers what closes it. Without the browser's help the dialog stands over the page, has the focus, and Escape closes it. */
export function openModal(dialog: HTMLDialogElement, onClose: () => void): () => void {
  if ((dialog as MaybeDialog).showModal) {
    dialog.showModal();
    return () => dialog.close();
  }
  dialog.setAttribute('open', '');
  dialog.setAttribute('role', 'dialog');
  dialog.setAttribute('aria-modal', 'true');
  dialog.classList.add('is-plain-modal');
  const onEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
  };
  document.addEventListener('keydown', onEscape);
  dialog.tabIndex = -1;
  dialog.focus();
  return () => {
    dialog.removeAttribute('open');
    document.removeEventListener('keydown', onEscape);
  };
}
