import { useState } from "react";
import { useLocation } from "wouter";
import { api } from "../base/api.ts";
import type { MyAccount } from "../base/contract.ts";
import { t } from "../i18n/t.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Form, useSending } from "../ui/form.tsx";
import { refreshMe } from "./session.ts";

/** Makes an organisation with a wallet of its own, and goes there. */
export function NewOrganisation({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [, go] = useLocation();
  const sending = useSending();
  async function make() {
    const made = await api.post<MyAccount>("/me/accounts", { display_name: name });
    await refreshMe();
    onClose();
    go(`/o/${made.name}/overview`);
  }
  return (
    <Dialog title={t("organisation.new")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["display_name"]}
        submit={t("organisation.create")}
        onSubmit={make}
        onCancel={onClose}
      >
        <p className="hint">{t("organisation.new.hint")}</p>
        <Field
          label={t("organisation.name")}
          value={name}
          onChange={({ target }) => setName(target.value)}
          error={sending.errorOf("display_name")}
          autoFocus
          required
        />
      </Form>
    </Dialog>
  );
}
