import { type ReactNode, useId, useState } from "react";
import { t } from "../../../i18n/t.ts";
import { Area, Check, Choice, Field } from "../../../ui/field.tsx";
import { at, nameOf, numberOf, type Path, wordsOf } from "./draft.ts";
import { useDraft } from "./draft-context.ts";

interface Shared {
  path: Path;
  label: string;
  hint?: ReactNode;
}

interface TextProps extends Shared {
  /** It holds whole numbers. */
  number?: boolean;
  unit?: string;
  placeholder?: string | undefined;
  disabled?: boolean;
  /** Id of a datalist with what may be meant. */
  list?: string;
  type?: "text" | "password" | "color";
}

const textOf = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

export function DraftText({ path, number = false, ...field }: TextProps) {
  const { draft, set, complaintOf } = useDraft();
  return (
    <Field
      {...field}
      {...(number && { inputMode: "numeric" })}
      autoComplete="off"
      value={textOf(at(draft, path))}
      error={complaintOf(path)}
      onChange={({ target: { value } }) => set(path, number ? numberOf(value) : value || undefined)}
    />
  );
}

/** What is declared here by which id: changed once it is, it would be another. */
export function DraftId(field: Pick<TextProps, "hint" | "placeholder">) {
  const { declaration } = useDraft();
  return <DraftText path={["id"]} label={t("declare.id")} disabled={declaration !== undefined} {...field} />;
}

export function DraftArea({ path, ...field }: Shared & { rows?: number; placeholder?: string }) {
  const { draft, set, complaintOf } = useDraft();
  return (
    <Area
      {...field}
      value={textOf(at(draft, path))}
      error={complaintOf(path)}
      onText={(text) => set(path, text || undefined)}
    />
  );
}

export type Options = readonly (readonly [value: string, label: string])[];

/** One of a few; `none` is what holds where nothing is chosen. */
export function DraftChoice({
  path,
  options,
  none,
  ...field
}: Shared & { options: Options; none?: string; disabled?: boolean }) {
  const { draft, set, complaintOf } = useDraft();
  return (
    <Choice
      {...field}
      value={textOf(at(draft, path))}
      options={none === undefined ? options : [["", none], ...options]}
      error={complaintOf(path)}
      onChoose={(value) => set(path, value || undefined)}
    />
  );
}

interface OneOfProps<Value extends string> extends Shared {
  values: readonly Value[];
  /** The one that holds where nothing is chosen. */
  byDefault: Value;
  text: (value: Value) => string;
}

/** One of some values, each of which has a text. */
export function DraftOneOf<Value extends string>({ values, byDefault, text, ...field }: OneOfProps<Value>) {
  return (
    <DraftChoice
      {...field}
      none={text(byDefault)}
      options={values.filter((value) => value !== byDefault).map((value) => [value, text(value)])}
    />
  );
}

/** @param byDefault what holds where the field is absent */
export function DraftCheck({ path, byDefault = false, ...field }: Shared & { byDefault?: boolean }) {
  const { draft, set } = useDraft();
  const value = at(draft, path);
  return (
    <Check
      {...field}
      checked={typeof value === "boolean" ? value : byDefault}
      onCheck={(checked) => set(path, checked === byDefault ? undefined : checked)}
    />
  );
}

const FLAGS = { yes: true, no: false } as const;

/** Yes, no, or what Quoin knows. */
export function DraftFlag({ path, ...field }: Shared) {
  const { draft, set, complaintOf } = useDraft();
  const value = at(draft, path);
  return (
    <Choice
      {...field}
      value={value === true ? "yes" : value === false ? "no" : ""}
      options={[
        ["", t("declare.known")],
        ["yes", t("declare.yes")],
        ["no", t("declare.no")],
      ]}
      error={complaintOf(path)}
      onChoose={(chosen) => set(path, FLAGS[chosen as keyof typeof FLAGS])}
    />
  );
}

/** Names, apart by commas or spaces. */
export function DraftWords({ path, ...field }: Shared & { placeholder?: string }) {
  const { draft, set, complaintOf } = useDraft();
  const value = at(draft, path);
  const words = Array.isArray(value) ? value.map(String) : [];
  const [typed, setTyped] = useState(words.join(", "));
  // What was typed stays as it is, unless the list was changed from elsewhere.
  const shown = wordsOf(typed).join() === words.join() ? typed : words.join(", ");
  return (
    <Field
      {...field}
      value={shown}
      error={complaintOf(path)}
      onChange={({ target }) => {
        setTyped(target.value);
        const next = wordsOf(target.value);
        set(path, next.length > 0 ? next : undefined);
      }}
    />
  );
}

interface ChecksProps extends Shared {
  options: Options;
  /** What an empty list is called, where that says something else than none chosen. */
  empty?: string;
}

/** Some of a few. None chosen is absent: what holds then, the hint says. */
export function DraftChecks({ path, label, hint, options, empty }: ChecksProps) {
  const { draft, set, complaintOf } = useDraft();
  const id = useId();
  const value = at(draft, path);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const error = complaintOf(path);
  const toggle = (one: string, on: boolean) => {
    const next = options.map(([name]) => name).filter((name) => (name === one ? on : chosen.includes(name)));
    set(path, next.length > 0 ? next : undefined);
  };
  return (
    <fieldset className="field" aria-describedby={hint ? `${id}-hint` : undefined}>
      <legend>{label}</legend>
      <div className="row">
        {options.map(([name, text]) => (
          <Check key={name} label={text} checked={chosen.includes(name)} onCheck={(on) => toggle(name, on)} />
        ))}
        {empty !== undefined && (
          <Check
            label={empty}
            checked={Array.isArray(value) && value.length === 0}
            onCheck={(on) => set(path, on ? [] : undefined)}
          />
        )}
      </div>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="complaint" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // Not JSON yet: the API says so where it is sent.
  }
}

/** Fields that the schema does not name, as JSON. */
export function DraftJson({ path, ...field }: Shared & { placeholder?: string }) {
  const { draft, set, complaintOf } = useDraft();
  const value = at(draft, path);
  const [typed, setTyped] = useState(value === undefined ? "" : JSON.stringify(value, null, 2));
  return (
    <Area
      {...field}
      rows={4}
      value={typed}
      error={complaintOf(path)}
      onText={(text) => {
        setTyped(text);
        set(path, text.trim() === "" ? undefined : parsed(text));
      }}
    />
  );
}

/** Fields that most forms do not need. It is open where the API complains of one of them. */
export function More({
  label,
  paths,
  open = false,
  children,
}: {
  label: string;
  paths: readonly Path[];
  /** Whether it begins so. */
  open?: boolean;
  children: ReactNode;
}) {
  const { complaintOf } = useDraft();
  const wrong = paths.some((path) => complaintOf(path) !== undefined);
  return (
    <details className="more" key={nameOf(paths[0] ?? [])} open={wrong || open || undefined}>
      <summary>{label}</summary>
      <fieldset className="stack" aria-label={label}>
        {children}
      </fieldset>
    </details>
  );
}
