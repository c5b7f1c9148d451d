import { useState } from "react";
import { api } from "../../base/api.ts";
import type { AutoTopUp } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { dollarsOf } from "../../base/units.ts";
import { type TextKey, t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { AmountField, amountIn } from "../../ui/amount-field.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { toast } from "../../ui/toast.tsx";

/** The API's fields in dollars; the operation's complaints name them without their unit. */
const AMOUNTS = [
  ["below", "wallet.auto.below"],
  ["amount", "wallet.auto.amount"],
  ["month_max", "wallet.auto.month-max"],
] as const satisfies readonly (readonly [string, TextKey])[];
type Amounts = Record<(typeof AMOUNTS)[number][0], string>;

const dollars = (nanos: string | null, otherwise: string) =>
  nanos === null ? otherwise : dollarsOf(BigInt(nanos));

function nanosIn(amounts: Amounts): Record<string, string> {
  return Object.fromEntries(
    AMOUNTS.map(([name]) => [`${name}_nanos`, amountIn(amounts[name], name).toString()]),
  );
}

interface TermsProps {
  terms: AutoTopUp;
  onClose: () => void;
}

/** When the saved method is charged, and how much at most; saving switches on. */
export function AutoTopUpTerms({ terms, onClose }: TermsProps) {
  const here = useHere();
  const [amounts, setAmounts] = useState<Amounts>({
    below: dollars(terms.below_nanos, "5.00"),
    amount: dollars(terms.amount_nanos, "25.00"),
    month_max: dollars(terms.month_max_nanos, "100.00"),
  });
  const [times, setTimes] = useState(String(terms.times_a_day ?? 3));
  const [email, setEmail] = useState(terms.email ?? "");
  const sending = useSending();
  async function save() {
    const saved = await api.put<AutoTopUp>(`${here.api}/wallet/auto-top-up`, {
      ...nanosIn(amounts),
      times_a_day: Number(times),
      ...(email.trim() && { email: email.trim() }),
    });
    queryClient.setQueryData(["auto-top-up", here.name], saved);
    toast(t("wallet.auto.saved"));
    onClose();
  }
  return (
    <Dialog title={t("wallet.auto")} onClose={onClose}>
      <Form
        sending={sending}
        fields={[...AMOUNTS.map(([name]) => name), "times_a_day", "email"]}
        submit={t("wallet.auto.submit")}
        onSubmit={save}
        onCancel={onClose}
      >
        {AMOUNTS.map(([name, label], place) => (
          <AmountField
            key={name}
            label={t(label)}
            value={amounts[name]}
            onAmount={(text) => setAmounts({ ...amounts, [name]: text })}
            error={sending.errorOf(name)}
            autoFocus={place === 0}
          />
        ))}
        <Field
          label={t("wallet.auto.times")}
          type="number"
          min={1}
          max={100}
          value={times}
          onChange={({ target }) => setTimes(target.value)}
          error={sending.errorOf("times_a_day")}
        />
        <Field
          label={t("wallet.auto.email")}
          hint={t("wallet.auto.email.hint")}
          type="email"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
          error={sending.errorOf("email")}
        />
      </Form>
    </Dialog>
  );
}
