import { useState } from "react";
import { api } from "../../../base/api.ts";
import type { MadeCodes } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { dollarsOf, money } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { AmountField, someAmountIn } from "../../../ui/amount-field.tsx";
import { Button } from "../../../ui/button.tsx";
import { CodeBlock } from "../../../ui/copy.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { Form, useSending } from "../../../ui/form.tsx";
import { Download } from "../download.tsx";

/** Codes with what they are worth, for a spreadsheet. */
function sheetOf({ codes, batch, amount_nanos, expires_at }: MadeCodes): string {
  const tail = [dollarsOf(BigInt(amount_nanos)), batch, expires_at ?? ""].join(",");
  return ["code,amount_usd,batch,expires_at", ...codes.map(({ code }) => `${code},${tail}`), ""].join("\n");
}

function Made({ made, onClose }: { made: MadeCodes; onClose: () => void }) {
  const count = made.codes.length;
  return (
    <Dialog title={t("operator.codes.made", { count })} onClose={onClose}>
      <p className="notice warn">{t("operator.codes.once")}</p>
      <CodeBlock
        title={t("operator.codes.each", { batch: made.batch, amount: money(made.amount_nanos) })}
        code={made.codes.map(({ code }) => code).join("\n")}
      />
      <div className="actions">
        <Download
          text={sheetOf(made)}
          name={`codes-${made.batch}.csv`}
          label={t("operator.codes.download")}
        />
        <Button look="primary" onClick={onClose}>
          {t("dialog.done")}
        </Button>
      </div>
    </Dialog>
  );
}

/** The end of a day in UTC. */
const endOf = (day: string): string => `${day}T23:59:59Z`;

export function NewCodes({ path, onClose }: { path: string; onClose: () => void }) {
  const [amount, setAmount] = useState("");
  const [count, setCount] = useState("10");
  const [batch, setBatch] = useState("");
  const [expires, setExpires] = useState("");
  const [made, setMade] = useState<MadeCodes>();
  const sending = useSending();
  async function make() {
    const nanos = someAmountIn(amount, "amount_nanos");
    setMade(
      await api.post<MadeCodes>(path, {
        amount_nanos: nanos.toString(),
        count: Number(count),
        ...(batch.trim() && { batch: batch.trim() }),
        ...(expires && { expires_at: endOf(expires) }),
      }),
    );
    await queryClient.invalidateQueries({ queryKey: [path] });
  }
  if (made) return <Made made={made} onClose={onClose} />;
  return (
    <Dialog title={t("operator.codes.new")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["amount_nanos", "count", "batch", "expires_at"]}
        submit={t("operator.codes.create")}
        onSubmit={make}
        onCancel={onClose}
      >
        <AmountField
          label={t("operator.codes.amount")}
          value={amount}
          onAmount={setAmount}
          error={sending.errorOf("amount_nanos")}
          autoFocus
        />
        <Field
          label={t("operator.codes.count")}
          type="number"
          min={1}
          max={10_000}
          value={count}
          onChange={({ target }) => setCount(target.value)}
          error={sending.errorOf("count")}
        />
        <Field
          label={t("operator.codes.batch")}
          hint={t("operator.codes.batch.hint")}
          value={batch}
          onChange={({ target }) => setBatch(target.value)}
          error={sending.errorOf("batch")}
        />
        <Field
          label={t("keys.expires")}
          hint={t("keys.expires.hint")}
          type="date"
          value={expires}
          onChange={({ target }) => setExpires(target.value)}
          error={sending.errorOf("expires_at")}
        />
      </Form>
    </Dialog>
  );
}
