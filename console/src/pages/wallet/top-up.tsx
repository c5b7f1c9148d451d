import { useState } from "react";
import { api } from "../../base/api.ts";
import { paidIn } from "../../base/second-currency.ts";
import { money, nanosOf } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { useCurrency } from "../../shell/use-second-currency.ts";
import { AmountField, someAmountIn } from "../../ui/amount-field.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Segments } from "../../ui/tabs.tsx";

const AMOUNTS = ["10", "25", "50", "100"] as const;

/** Goes to the payment provider's page, which comes back here. */
export function TopUp({ onClose }: { onClose: () => void }) {
  const here = useHere();
  const [amount, setAmount] = useState("25");
  const sending = useSending();
  const { data } = useCurrency(here);
  const [chosen, setCurrency] = useState<string>();
  const currency = chosen ?? data?.shown ?? "USD";
  const offer = data?.offered.find(({ code }) => code === currency);
  const credit = nanosOf(amount);
  async function pay() {
    const { url } = await api.post<{ url: string }>(`${here.api}/wallet/checkout`, {
      amount_nanos: someAmountIn(amount, "amount_nanos").toString(),
      return_url: `${location.origin}/console${here.home}/wallet?paid`,
      ...(currency !== "USD" && { currency }),
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
        <AmountField
          label={t("wallet.amount")}
          value={amount}
          onAmount={setAmount}
          error={sending.errorOf("amount_nanos")}
          hint={t("wallet.pay.hint")}
        />
        {data && data.offered.length > 0 && (
          <Segments
            label={t("wallet.pay-in")}
            options={["USD", ...data.offered.map(({ code }) => code)].map((code) => [code, code])}
            chosen={currency}
            onChoose={setCurrency}
          />
        )}
        {offer && credit !== undefined && (
          <p className="hint">
            {t("wallet.pay-in.sum", {
              paid: paidIn(offer, credit),
              credit: money(credit),
              rate: offer.rate,
              code: offer.code,
            })}
          </p>
        )}
      </Form>
    </Dialog>
  );
}
