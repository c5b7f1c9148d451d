import { useState } from "react";
import { ApiError, api } from "../../base/api.ts";
import { nanosOf } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Segments } from "../../ui/tabs.tsx";

const AMOUNTS = ["10", "25", "50", "100"] as const;

/** Goes to the payment provider's page, which comes back here. */
export function TopUp({ onClose }: { onClose: () => void }) {
  const here = useHere();
  const [amount, setAmount] = useState("25");
  const sending = useSending();
  async function pay() {
    const nanos = nanosOf(amount);
    if (nanos === undefined || nanos === 0n)
      throw new ApiError(422, "invalid", t("wallet.amount.wrong"), "amount_nanos");
    const { url } = await api.post<{ url: string }>(`${here.api}/wallet/checkout`, {
      amount_nanos: nanos.toString(),
      return_url: `${location.origin}/console${here.home}/wallet?paid`,
    });
    location.assign(url);
  }
  return (
    <Dialog title={t("wallet.top-up")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["amount_nanos"]}
        submit={t("wallet.pay")}
        onSubmit={pay}
        onCancel={onClose}
      >
        <Segments
          label={t("wallet.amount")}
          options={AMOUNTS.map((dollars) => [dollars, `$${dollars}`])}
          chosen={amount}
          onChoose={setAmount}
        />
        <Field
          label={t("wallet.amount")}
          unit="USD"
          inputMode="decimal"
          value={amount}
          onChange={({ target }) => setAmount(target.value)}
          error={sending.errorOf("amount_nanos")}
          hint={t("wallet.pay.hint")}
        />
      </Form>
    </Dialog>
  );
}
