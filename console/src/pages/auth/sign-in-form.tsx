import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../base/api.ts";
import type { SignIn } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { useFinish } from "./use-finish.ts";

interface SignInFormProps {
  /** The address is given and cannot be changed. */
  email?: string;
  claim?: string;
  /** Where to go then. */
  next?: string;
}

/** E-mail and password. */
export function SignInForm({ email: given, claim, next }: SignInFormProps) {
  const [email, setEmail] = useState(given ?? "");
  const [password, setPassword] = useState("");
  const sending = useSending();
  const finish = useFinish(next);
  async function signIn() {
    finish(await api.post<SignIn>("/auth/sign-in", { email, password, ...(claim && { claim }) }));
  }
  return (
    <Form
      wide
      sending={sending}
      fields={["email", "password"]}
      submit={t("auth.sign-in.submit")}
      onSubmit={signIn}
    >
      <Field
        label={t("auth.email")}
        type="email"
        name="email"
        autoComplete="username webauthn"
        value={email}
        readOnly={given !== undefined}
        onChange={({ target }) => setEmail(target.value)}
        error={sending.errorOf("email")}
        required
        autoFocus={given === undefined}
      />
      <Field
        label={t("auth.password")}
        type="password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        error={sending.errorOf("password")}
        hint={<Link href="/forgot">{t("auth.forgot.link")}</Link>}
        required
      />
    </Form>
  );
}
