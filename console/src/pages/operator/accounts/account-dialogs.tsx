import { useState } from "react";
import { api } from "../../../base/api.ts";
import type { AccountEntry } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { money } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { AmountField, someAmountIn } from "../../../ui/amount-field.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { Form, useSending } from "../../../ui/form.tsx";
import { toast } from "../../../ui/toast.tsx";
import { PlanChoice } from "../plan-choice.tsx";

interface AccountDialogProps {
  account: AccountEntry;
  onClose: () => void;
}

const pathOf = ({ id }: AccountEntry): string => `/operator/accounts/${id}`;

/** Everything that says something of the account is asked for anew. */
async function changed({ id, name }: AccountEntry): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ["operator-account", id] }),
    queryClient.invalidateQueries({ queryKey: ["/operator/accounts"] }),
    queryClient.invalidateQueries({ queryKey: ["wallet", name] }),
  ]);
}

export function Grant({ account, onClose }: AccountDialogProps) {
  const [amount, setAmount] = useState("");
  const [reference, setReference] = useState("");
  const sending = useSending();
  async function grant() {
    const nanos = someAmountIn(amount, "amount_nanos");
    const because = reference.trim() && { reference: reference.trim() };
    await api.post(`${pathOf(account)}/grants`, { amount_nanos: nanos.toString(), ...because });
    await changed(account);
    toast(t("operator.account.granted", { amount: money(nanos) }));
    onClose();
  }
  return (
    <Dialog title={t("operator.account.grant")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["amount_nanos", "reference"]}
        submit={t("operator.account.grant")}
        onSubmit={grant}
        onCancel={onClose}
      >
        <AmountField
          label={t("wallet.amount")}
          hint={t("operator.account.grant.hint")}
          value={amount}
          onAmount={setAmount}
          error={sending.errorOf("amount_nanos")}
          autoFocus
        />
        <Field
          label={t("operator.account.reference")}
          hint={t("operator.account.reference.hint")}
          value={reference}
          onChange={({ target }) => setReference(target.value)}
          error={sending.errorOf("reference")}
        />
      </Form>
    </Dialog>
  );
}

export function ChangePlan({ account, onClose }: AccountDialogProps) {
  const [plan, setPlan] = useState(account.plan ?? "default");
  const sending = useSending();
  async function save() {
    await api.patch(pathOf(account), { plan });
    await changed(account);
    toast(t("operator.account.plan.saved"));
    onClose();
  }
  return (
    <Dialog title={t("operator.account.plan")} onClose={onClose}>
      <Form sending={sending} fields={[]} submit={t("save")} onSubmit={save} onCancel={onClose}>
        <PlanChoice named value={plan} onChoose={setPlan} />
      </Form>
    </Dialog>
  );
}

export function Suspend({ account, onClose }: AccountDialogProps) {
  const suspended = account.suspended_at !== null;
  const name = account.display_name || account.name;
  async function toggle() {
    await api.patch(pathOf(account), { suspended: !suspended });
    await changed(account);
    toast(t(suspended ? "operator.account.resumed" : "operator.account.suspended.done"));
  }
  return (
    <Confirm
      title={t(suspended ? "operator.account.resume.title" : "operator.account.suspend.title")}
      action={t(suspended ? "operator.account.resume" : "operator.account.suspend")}
      onConfirm={toggle}
      onClose={onClose}
    >
      <p>
        <strong>{name}</strong>
      </p>
      <p>{t(suspended ? "operator.account.resume.text" : "operator.account.suspend.text")}</p>
    </Confirm>
  );
}
