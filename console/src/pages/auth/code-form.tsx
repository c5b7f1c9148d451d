import { useEffect, useState } from "react";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { toast, toastError } from "../../ui/toast.tsx";

interface CodeFormProps {
  label: string;
  submit: string;
  /** Where the code is known from a link. */
  filledIn?: string | undefined;
  onCode: (code: string) => Promise<unknown>;
  /** Absent: codes of this kind are not sent. */
  resend?: { readonly afterS: number; readonly send: () => Promise<{ resend_after_s: number }> };
}

function useCountdown(startS: number): readonly [leftS: number, restart: (seconds: number) => void] {
  const [leftS, setLeftS] = useState(startS);
  useEffect(() => {
    if (leftS <= 0) return;
    const timer = setTimeout(() => setLeftS(leftS - 1), 1000);
    return () => clearTimeout(timer);
  }, [leftS]);
  return [leftS, setLeftS];
}

function ResendButton({ afterS, send }: NonNullable<CodeFormProps["resend"]>) {
  const [leftS, restart] = useCountdown(afterS);
  async function again() {
    try {
      const sent = await send();
      restart(sent.resend_after_s);
      toast(t("auth.code.sent"));
    } catch (error) {
      toastError(error);
    }
  }
  return (
    <Button look="quiet" small disabled={leftS > 0} onClick={again}>
      {leftS > 0 ? t("auth.code.wait", { seconds: leftS }) : t("auth.code.again")}
    </Button>
  );
}

/** A code that was sent or is made by an app; also as a form within dialogs. */
export function CodeForm({ label, submit, filledIn = "", onCode, resend }: CodeFormProps) {
  const [code, setCode] = useState(filledIn);
  const sending = useSending();
  return (
    <>
      <Form
        wide
        sending={sending}
        fields={["code"]}
        submit={submit}
        onSubmit={() => onCode(code.replaceAll(/\s/g, ""))}
      >
        <Field
          label={label}
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          value={code}
          onChange={({ target }) => setCode(target.value)}
          error={sending.errorOf("code")}
          autoFocus
          required
        />
      </Form>
      {resend && <ResendButton {...resend} />}
    </>
  );
}
