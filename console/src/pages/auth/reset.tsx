import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api } from "../../base/api.ts";
import { t } from "../../i18n/t.ts";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { toast } from "../../ui/toast.tsx";
import { Gate } from "./gate.tsx";

/** From the link in the mail: `#TOKEN`. */
export function ResetPage() {
  const [password, setPassword] = useState("");
  const [, go] = useLocation();
  const token = location.hash.slice(1);
  const sending = useSending();
  async function reset() {
    await api.post("/auth/password/reset", { token, password });
    toast(t("auth.reset.done"));
    go("/sign-in");
  }
  return (
    <Gate
      title={t("auth.reset.title")}
      lead={t("auth.reset.lead")}
      links={<Link href="/forgot">{t("auth.reset.again")}</Link>}
    >
      {token === "" ? (
        <p className="notice bad">{t("auth.link.incomplete")}</p>
      ) : (
        <Form wide sending={sending} fields={["password"]} submit={t("auth.reset.submit")} onSubmit={reset}>
          <Field
            label={t("auth.password.new")}
            hint={t("auth.password.hint")}
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={({ target }) => setPassword(target.value)}
            error={sending.errorOf("password")}
            autoFocus
            required
          />
        </Form>
      )}
    </Gate>
  );
}
