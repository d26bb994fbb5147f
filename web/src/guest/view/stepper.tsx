import { t } from '../messages';

interface StepperProps {
  name: string;
  quantity: number;
  max: number;
  onChange: (to: number) => void;
  disabled?: boolean;
}

/** − 2 +, for fingers and screen readers. */
export function Stepper({ name, quantity, max, onChange, disabled = false }: StepperProps) {
  return (
    <div class="stepper" role="group" aria-label={`${name}: ${t('quantity')}`}>
      <button type="button" class="round" aria-label={t('fewer', { name })} disabled={disabled} onClick={() => onChange(quantity - 1)}>
        <span aria-hidden="true">−</span>
      </button>
      <output class="stepper-count">{quantity}</output>
      <button
        type="button"
        class="round"
        aria-label={t('more', { name })}
        disabled={disabled || quantity >= max}
        onClick={() => onChange(quantity + 1)}
      >
        <span aria-hidden="true">+</span>
      </button>
    </div>
  );
}
