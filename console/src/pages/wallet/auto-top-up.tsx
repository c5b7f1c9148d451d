import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../base/api.ts";
import type { AutoTopUp } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Card } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { AutoTopUpTerms } from "./auto-top-up-terms.tsx";

/** What the third failure in a row wrote down, not what somebody chose. */
const failedIn = ({ on, failures, off_reason: reason }: AutoTopUp) =>
  !on && failures > 0 ? reason : undefined;

function sentenceOf(terms: AutoTopUp): string {
  const { method, on, below_nanos, amount_nanos, month_max_nanos, times_a_day } = terms;
  if (method === null) return t("wallet.auto.none");
  if (!on || below_nanos === null || amount_nanos === null || month_max_nanos === null)
    return t("wallet.auto.off", { method });
  return t("wallet.auto.on", {
    method,
    below: money(below_nanos),
    amount: money(amount_nanos),
    max: money(month_max_nanos),
    count: times_a_day ?? 1,
  });
}

function Standing({ terms }: { terms: AutoTopUp }) {
  const reason = failedIn(terms);
  return (
    <>
      {reason && (
        <p className="notice bad" role="status">
          {t("wallet.auto.failed", { reason: reason.replace(/\.$/, "") })}
        </p>
      )}
      <p className="muted">{sentenceOf(terms)}</p>
      {terms.month_max_nanos !== null && terms.on && (
        <p className="muted">
          {t("wallet.auto.month", { spent: money(terms.month_nanos), max: money(terms.month_max_nanos) })}
        </p>
      )}
    </>
  );
}

interface ActionsProps {
  terms: AutoTopUp;
  onEdit: () => void;
  onForget: () => void;
}

function Actions({ terms, onEdit, onForget }: ActionsProps) {
  const here = useHere();
  const [busy, setBusy] = useState(false);
  async function saveMethod() {
    setBusy(true);
    try {
      const return_url = `${location.origin}/console${here.home}/wallet`;
      const { url } = await api.post<{ url: string }>(`${here.api}/wallet/method`, { return_url });
      location.assign(url);
    } catch (error) {
      setBusy(false);
      toastError(error);
    }
  }
  async function turnOff() {
    try {
      const after = await api.delete<AutoTopUp>(`${here.api}/wallet/auto-top-up`);
      queryClient.setQueryData(["auto-top-up", here.name], after);
    } catch (error) {
      toastError(error);
    }
  }
  if (terms.method === null)
    return (
      <Button small look="primary" busy={busy} onClick={saveMethod}>
        {t("wallet.auto.save-method")}
      </Button>
    );
  return (
    <>
      <Button small look="quiet" onClick={onForget}>
        {t("wallet.auto.forget")}
      </Button>
      <Button small look="quiet" busy={busy} onClick={saveMethod}>
        {t("wallet.auto.another")}
      </Button>
      {terms.on && (
        <Button small look="quiet" onClick={turnOff}>
          {t("wallet.auto.turn-off")}
        </Button>
      )}
      <Button small onClick={onEdit}>
        {t(terms.on ? "edit" : failedIn(terms) ? "wallet.auto.again" : "wallet.auto.turn-on")}
      </Button>
    </>
  );
}

/** Charging a saved method when the balance runs low: on, off, or switched off by failures, and the way back. */
export function AutoTopUpCard() {
  const here = useHere();
  const [open, setOpen] = useState<"edit" | "forget">();
  const queryKey = ["auto-top-up", here.name];
  const terms = useQuery({ queryKey, queryFn: () => api.get<AutoTopUp>(`${here.api}/wallet/auto-top-up`) });
  const close = () => setOpen(undefined);
  async function forget() {
    await api.delete(`${here.api}/wallet/method`);
    await queryClient.invalidateQueries({ queryKey });
    toast(t("wallet.auto.forgotten"));
  }
  const actions = here.may("wallet:write") && terms.data && (
    <Actions terms={terms.data} onEdit={() => setOpen("edit")} onForget={() => setOpen("forget")} />
  );
  return (
    <Card title={t("wallet.auto")} actions={actions}>
      <Loaded query={terms} lines={1}>
        {(found) => <Standing terms={found} />}
      </Loaded>
      {open === "edit" && terms.data && <AutoTopUpTerms terms={terms.data} onClose={close} />}
      {open === "forget" && terms.data && (
        <Confirm
          title={t("wallet.auto.forget")}
          action={t("wallet.auto.forget")}
          onConfirm={forget}
          onClose={close}
        >
          <p>{t("wallet.auto.forget.sure", { method: terms.data.method ?? "" })}</p>
        </Confirm>
      )}
    </Card>
  );
}
