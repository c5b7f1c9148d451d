import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../base/api.ts";
import type { LowBalance } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { dollarsOf, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { AmountField, amountIn } from "../../ui/amount-field.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyLine } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Card } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { toast, toastError } from "../../ui/toast.tsx";

function Edit({ notice, onClose }: { notice: LowBalance; onClose: () => void }) {
  const here = useHere();
  const [below, setBelow] = useState(notice.below_nanos ? dollarsOf(BigInt(notice.below_nanos)) : "5.00");
  const [email, setEmail] = useState(notice.email ?? "");
  const [webhook, setWebhook] = useState(notice.webhook ?? "");
  const [secret, setSecret] = useState<string | null>(null);
  const sending = useSending();
  async function save() {
    const made = await api.put<LowBalance & { webhook_secret: string | null }>(
      `${here.api}/wallet/low-balance`,
      {
        below_nanos: amountIn(below, "below_nanos").toString(),
        ...(email.trim() && { email: email.trim() }),
        ...(webhook.trim() && { webhook: webhook.trim() }),
      },
    );
    await queryClient.invalidateQueries({ queryKey: ["low-balance", here.name] });
    toast(t("wallet.low.saved"));
    if (made.webhook_secret) setSecret(made.webhook_secret);
    else onClose();
  }
  if (secret) {
    return (
      <Dialog title={t("wallet.low")} onClose={onClose}>
        <p className="notice warn">{t("wallet.low.secret")}</p>
        <CopyLine label={t("wallet.low.secret.label")} text={secret} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t("wallet.low")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["below_nanos", "email", "webhook"]}
        submit={t("save")}
        onSubmit={save}
        onCancel={onClose}
      >
        <AmountField
          label={t("wallet.low.below")}
          value={below}
          onAmount={setBelow}
          error={sending.errorOf("below_nanos")}
          autoFocus
        />
        <Field
          label={t("wallet.low.email")}
          type="email"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
          error={sending.errorOf("email")}
        />
        <Field
          label={t("wallet.low.webhook")}
          type="url"
          placeholder="https://"
          value={webhook}
          onChange={({ target }) => setWebhook(target.value)}
          error={sending.errorOf("webhook")}
        />
      </Form>
    </Dialog>
  );
}

function sentenceOf({ below_nanos, email, webhook }: LowBalance): string {
  if (below_nanos === null) return t("wallet.low.off");
  const to = [email, webhook].filter(Boolean).join(", ");
  return t("wallet.low.on", { amount: money(below_nanos), to });
}

/** Who is told when the balance runs low. */
export function LowBalanceCard() {
  const here = useHere();
  const [open, setOpen] = useState(false);
  const path = `${here.api}/wallet/low-balance`;
  const notice = useQuery({ queryKey: ["low-balance", here.name], queryFn: () => api.get<LowBalance>(path) });
  const may = here.may("wallet:write");
  async function turnOff() {
    try {
      await api.delete(path);
      await queryClient.invalidateQueries({ queryKey: ["low-balance", here.name] });
    } catch (error) {
      toastError(error);
    }
  }
  return (
    <Card
      title={t("wallet.low")}
      actions={
        may &&
        notice.data && (
          <>
            {notice.data.below_nanos !== null && (
              <Button small look="quiet" onClick={turnOff}>
                {t("wallet.low.turn-off")}
              </Button>
            )}
            <Button small onClick={() => setOpen(true)}>
              {t(notice.data.below_nanos === null ? "wallet.low.turn-on" : "edit")}
            </Button>
          </>
        )
      }
    >
      <Loaded query={notice} lines={1}>
        {(found) => <p className="muted">{sentenceOf(found)}</p>}
      </Loaded>
      {open && notice.data && <Edit notice={notice.data} onClose={() => setOpen(false)} />}
    </Card>
  );
}
