import { useState } from "react";
import { ApiError, api } from "../../base/api.ts";
import type { SignIn } from "../../base/contract.ts";
import { language } from "../../i18n/language.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { PhoneStep } from "./phone-step.tsx";
import { useFinish } from "./use-finish.ts";

interface SignUpFormProps {
  /** The address is given and cannot be changed. */
  email?: string;
  invitation?: string;
  claim?: string;
}

const FIELDS = ["email", "password", "display_name"] as const;

/** Name, address, password, and the phone where this installation asks for it. */
export function SignUpForm({ email: given, invitation, claim }: SignUpFormProps) {
  const [fields, setFields] = useState({ email: given ?? "", password: "", display_name: "" });
  const phone = useMeta().sign_up?.phone === "required" && !claim;
  const [step, setStep] = useState<"form" | "phone">("form");
  const sending = useSending();
  const finish = useFinish();

  async function signUp(proof?: string) {
    const extra = {
      ...(proof && { phone_proof: proof }),
      ...(invitation && { invitation }),
      ...(claim && { claim }),
    };
    finish(await api.post<SignIn>("/auth/sign-up", { ...fields, locale: language(), ...extra }));
  }
  async function submit() {
    if (phone) return setStep("phone");
    try {
      await signUp();
    } catch (error) {
      if (error instanceof ApiError && error.field === "phone_proof") return setStep("phone");
      throw error;
    }
  }
  if (step === "phone") {
    return (
      <PhoneStep<{ phone_proof: string }>
        path="/auth/phone"
        onVerified={({ phone_proof }) =>
          signUp(phone_proof).catch((error) => {
            // What is wrong with the other fields is shown beside them.
            setStep("form");
            return sending.send(() => Promise.reject(error));
          })
        }
      />
    );
  }
  const set = (name: keyof typeof fields) => ({
    name,
    value: fields[name],
    error: sending.errorOf(name),
    onChange: ({ target }: { target: { value: string } }) => setFields({ ...fields, [name]: target.value }),
  });
  return (
    <Form
      wide
      sending={sending}
      fields={FIELDS}
      submit={phone ? t("auth.continue") : t("auth.sign-up.submit")}
      onSubmit={submit}
    >
      <Field {...set("display_name")} label={t("auth.name")} autoComplete="name" autoFocus />
      <Field
        {...set("email")}
        label={t("auth.email")}
        type="email"
        autoComplete="username"
        readOnly={given !== undefined}
        required
      />
      <Field
        {...set("password")}
        label={t("auth.password")}
        hint={t("auth.password.hint")}
        type="password"
        autoComplete="new-password"
        required
      />
    </Form>
  );
}
