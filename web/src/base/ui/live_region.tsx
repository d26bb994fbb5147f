/** Read out by screen readers when its text changes; not visible. */
export function LiveRegion({ text }: { text: string }) {
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {text}
    </p>
  );
}
