import { type FormEvent, type ReactNode, useState } from "react";
import { ApiError } from "../base/api.ts";
import { t } from "../i18n/t.ts";
import { Button } from "./button.tsx";

/** What became of a form: whether it is under way, and the complaint of the last try by field. */
export interface Sending {
  readonly busy: boolean;
  /** The field that the complaint is about. */
  readonly field: string | undefined;
  /** The complaint about a field of this name. */
  readonly errorOf: (field: string) => string | undefined;
  /** The complaint that belongs to none of the fields named. */
  readonly rest: (fields: readonly string[]) => string | undefined;
  readonly send: (work: () => Promise<unknown>) => Promise<void>;
}

export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const field = error instanceof ApiError ? error.field : undefined;
  return {
    busy,
    field,
    errorOf: (name) => (field === name ? error?.message : undefined),
    rest: (fields) => (field !== undefined && fields.includes(field) ? undefined : error?.message),
    async send(work) {
      setBusy(true);
      setError(undefined);
      try {
        await work();
      } catch (cause) {
        setError(cause instanceof Error ? cause : new Error(String(cause)));
      } finally {
        setBusy(false);
      }
    },
  };
}

interface FormProps {
  sending: Sending;
  /** Fields that show their own complaint. */
  fields: readonly string[];
  submit: string;
  onSubmit: () => Promise<unknown>;
  onCancel?: () => void;
  /** The button takes the whole width. */
  wide?: boolean;
  children: ReactNode;
}

/** Fields with one button that sends them; Enter does too. */
export function Form({ sending, fields, submit, onSubmit, onCancel, wide = false, children }: FormProps) {
  const complaint = sending.rest(fields);
  function onForm(event: FormEvent) {
    event.preventDefault();
    void sending.send(onSubmit);
  }
  return (
    <form className="form" onSubmit={onForm} noValidate>
      {children}
      {complaint && (
        <p className="notice bad" role="alert">
          {complaint}
        </p>
      )}
      <div className={wide ? "actions wide" : "actions"}>
        {onCancel && <Button onClick={onCancel}>{t("dialog.cancel")}</Button>}
        <Button type="submit" look="primary" busy={sending.busy}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
