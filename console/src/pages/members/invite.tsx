import { useState } from "react";
import { api } from "../../base/api.ts";
import type { Role } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { toast } from "../../ui/toast.tsx";
import { RoleChoice } from "./role-choice.tsx";

export function Invite({ onClose }: { onClose: () => void }) {
  const here = useHere();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("developer");
  const sending = useSending();
  async function invite() {
    await api.post(`${here.api}/invitations`, { email, role });
    await queryClient.invalidateQueries({ queryKey: [`${here.api}/invitations`] });
    toast(t("members.invited", { email }));
    onClose();
  }
  return (
    <Dialog title={t("members.invite")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["email", "role"]}
        submit={t("members.invite.submit")}
        onSubmit={invite}
        onCancel={onClose}
      >
        <Field
          label={t("auth.email")}
          type="email"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
          error={sending.errorOf("email")}
          hint={t("members.invite.hint")}
          autoFocus
          required
        />
        <RoleChoice role={role} onRole={setRole} error={sending.errorOf("role")} />
      </Form>
    </Dialog>
  );
}
