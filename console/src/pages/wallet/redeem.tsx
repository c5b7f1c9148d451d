import { useState } from "react";
import { api } from "../../base/api.ts";
import type { Redeemed } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { toast } from "../../ui/toast.tsx";

export function Redeem({ onClose }: { onClose: () => void }) {
  const here = useHere();
  const [code, setCode] = useState("");
  const sending = useSending();
  async function redeem() {
    const { added_nanos, wallet } = await api.post<Redeemed>(`${here.api}/wallet/redeem`, {
      code: code.trim(),
    });
    queryClient.setQueryData(["wallet", here.name], wallet);
    toast(t("wallet.redeemed", { amount: money(added_nanos) }));
    onClose();
  }
  return (
    <Dialog title={t("wallet.redeem")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["code"]}
        submit={t("wallet.redeem.submit")}
        onSubmit={redeem}
        onCancel={onClose}
      >
        <Field
          label={t("wallet.code")}
          hint={t("wallet.code.hint")}
          value={code}
          onChange={({ target }) => setCode(target.value)}
          error={sending.errorOf("code")}
          autoFocus
          required
        />
      </Form>
    </Dialog>
  );
}
