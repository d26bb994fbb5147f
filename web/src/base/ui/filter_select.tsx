import { isolated } from '../bidi';

interface FilterSelectProps {
  class: string;
  label: string;
  /** The text of the option that filters nothing. */
  allLabel: string;
  options: readonly { id: string; name: string }[];
  chosenId: string | undefined;
  /** undefined: all. */
  onChoose: (id: string | undefined) => void;
}

/** Chooses one of several, or all; nothing is shown where there is no choice. */
export function FilterSelect({ class: className, label, allLabel, options, chosenId, onChoose }: FilterSelectProps) {
  if (options.length < 2) return null;
  return (
    <select
      class={className}
      aria-label={label}
      // What is not among the options filters nothing.
      value={options.some(({ id }) => id === chosenId) ? chosenId : ''}
      onChange={({ currentTarget }) => onChoose(currentTarget.value || undefined)}
    >
      <option value="">{allLabel}</option>
      {options.map(({ id, name }) => (
        <option key={id} value={id}>
          {isolated(name)}
        </option>
      ))}
    </select>
  );
}
