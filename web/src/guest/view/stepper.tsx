import { useRef } from 'preact/hooks';
import { isolated } from '../../base/bidi';
import { t } from '../messages';
import './stepper.css';

interface StepperProps {
  name: string;
  /** 0 shows + alone. */
  quantity: number;
  min?: number;
  max: number;
  onChange: (to: number) => void;
  disabled?: boolean;
}

/** − 2 +, for fingers and screen readers. The focus stays where it is, or on what is left. */
export function Stepper({ name, quantity, min = 0, max, onChange, disabled = false }: StepperProps) {
  const more = useRef<HTMLButtonElement>(null);
  const fewer = () => {
    onChange(quantity - 1);
    if (quantity === 1) more.current?.focus();
  };
  const isChosen = quantity > 0;
  return (
    <div class={isChosen ? 'stepper' : 'stepper stepper-none'} role="group" aria-label={`${isolated(name)}: ${t('quantity')}`}>
      {isChosen ? (
        <>
          <button type="button" class="round" aria-label={t('fewer', { name })} disabled={disabled || quantity <= min} onClick={fewer}>
            <span aria-hidden="true">−</span>
          </button>
          <output class="stepper-count">{quantity}</output>
        </>
      ) : null}
      <button
        key="more"
        ref={more}
        type="button"
        class="round"
        aria-label={isChosen ? t('more', { name }) : t('addDish', { name })}
        disabled={disabled || quantity >= max}
        onClick={() => onChange(quantity + 1)}
      >
        <span aria-hidden="true">+</span>
      </button>
    </div>
  );
}
