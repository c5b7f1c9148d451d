import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";

interface Shared {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

interface FrameProps extends Shared {
  id: string;
  children: ReactNode;
}

function Frame({ id, label, hint, error, children }: FrameProps) {
  return (
    <div className={error ? "field wrong" : "field"}>
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="complaint" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

const describedBy = (id: string, { hint, error }: Shared) =>
  [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;

type FieldProps = Shared & Omit<InputHTMLAttributes<HTMLInputElement>, "className"> & { unit?: string };

/** One line of text with its label, unit, hint and complaint. */
export function Field({ label, hint, error, unit, ...input }: FieldProps) {
  const id = useId();
  const shared = { label, hint, error };
  const described = describedBy(id, shared);
  const box = (
    <input id={id} aria-invalid={error ? true : undefined} aria-describedby={described} {...input} />
  );
  return (
    <Frame id={id} {...shared}>
      {unit ? (
        <span className="with-unit">
          {box}
          <span className="unit">{unit}</span>
        </span>
      ) : (
        box
      )}
    </Frame>
  );
}

type ChoiceProps = Shared &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, "className" | "onChange"> & {
    options: readonly (readonly [value: string, label: string])[];
    onChoose: (value: string) => void;
  };

/** One of a few. */
export function Choice({ label, hint, error, options, onChoose, ...select }: ChoiceProps) {
  const id = useId();
  const shared = { label, hint, error };
  return (
    <Frame id={id} {...shared}>
      <select
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, shared)}
        onChange={({ target }) => onChoose(target.value)}
        {...select}
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

type AreaProps = Shared & {
  value: string;
  rows?: number;
  placeholder?: string;
  onText: (text: string) => void;
};

/** Text of several lines. */
export function Area({ label, hint, error, value, rows = 3, placeholder, onText }: AreaProps) {
  const id = useId();
  const shared = { label, hint, error };
  return (
    <Frame id={id} {...shared}>
      <textarea
        id={id}
        rows={rows}
        aria-invalid={error ? true : undefined}
        value={value}
        placeholder={placeholder}
        aria-describedby={describedBy(id, shared)}
        onChange={({ target }) => onText(target.value)}
      />
    </Frame>
  );
}

/** Yes or no, said in a sentence. */
export function Check({
  label,
  hint,
  checked,
  onCheck,
}: {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onCheck: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="check">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={({ target }) => onCheck(target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
