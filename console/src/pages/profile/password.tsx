import { useState } from "react";
import { api } from "../../base/api.ts";
import { t } from "../../i18n/t.ts";
import { refreshMe, useMe } from "../../shell/session.ts";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Card } from "../../ui/page.tsx";
import { toast } from "../../ui/toast.tsx";
import { PasswordField } from "./password-field.tsx";

export function PasswordCard() {
  const { user } = useMe();
  const [password, setPassword] = useState("");
  const [next, setNext] = useState("");
  const sending = useSending();
  async function change() {
    await api.post("/me/password", { new_password: next, ...(password && { password }) });
    setPassword("");
    setNext("");
    toast(t("profile.password.changed"));
    await refreshMe();
  }
  return (
    <Card title={t("auth.password")} lead={t("profile.password.hint")}>
      <Form
        sending={sending}
        fields={["password", "new_password"]}
        submit={t(user.has_password ? "profile.password.change" : "profile.password.set")}
        onSubmit={change}
      >
        <PasswordField value={password} onText={setPassword} sending={sending} />
        <Field
          label={t("auth.password.new")}
          hint={t("auth.password.hint")}
          type="password"
          autoComplete="new-password"
          value={next}
          onChange={({ target }) => setNext(target.value)}
          error={sending.errorOf("new_password")}
        />
      </Form>
    </Card>
  );
}
