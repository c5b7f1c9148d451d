import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../base/api.ts";
import type { AccountEntry, AccountPlan } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { Form, useSending } from "../../../ui/form.tsx";
import { toast } from "../../../ui/toast.tsx";
import { PlanChoice } from "../plan-choice.tsx";

const pathOf = ({ id }: AccountEntry): string => `/operator/accounts/${id}/subscription`;

async function changed({ id, name }: AccountEntry): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ["plan", name] }),
    queryClient.invalidateQueries({ queryKey: ["wallet", name] }),
    queryClient.invalidateQueries({ queryKey: ["operator-account", id] }),
    queryClient.invalidateQueries({ queryKey: ["/operator/subscriptions"] }),
  ]);
}

interface DialogProps {
  account: AccountEntry;
  onClose: () => void;
}

function Give({ account, onClose }: DialogProps) {
  const [plan, setPlan] = useState("");
  const [seats, setSeats] = useState("");
  const sending = useSending();
  async function give() {
    await api.put(pathOf(account), { plan, ...(seats && { seats: Number(seats) }) });
    await changed(account);
    toast(t("plans.give.saved"));
    onClose();
  }
  return (
    <Dialog title={t("plans.give")} onClose={onClose}>
      <Form sending={sending} fields={["seats"]} submit={t("plans.give")} onSubmit={give} onCancel={onClose}>
        <p className="hint">{t("plans.give.hint")}</p>
        <PlanChoice value={plan} onChoose={setPlan} />
        <Field
          label={t("plans.seats")}
          hint={t("plans.give.seats.hint")}
          type="number"
          min={1}
          value={seats}
          onChange={({ target }) => setSeats(target.value)}
          error={sending.errorOf("seats")}
        />
      </Form>
    </Dialog>
  );
}

/** Buttons that give an account a plan with seats, and end the one that it has. */
export function GivePlan({ account }: { account: AccountEntry }) {
  const [open, setOpen] = useState<"give" | "stop">();
  const { data } = useQuery({
    queryKey: ["plan", account.name],
    queryFn: () => api.get<AccountPlan>(`/accounts/${account.name}/subscription`),
  });
  const close = () => setOpen(undefined);
  const subscription = data?.subscription;
  async function stop() {
    await api.delete(pathOf(account));
    await changed(account);
    toast(t("plans.stop.done"));
  }
  return (
    <>
      {subscription && (
        <Button small look="quiet" onClick={() => setOpen("stop")}>
          {t("plans.stop")}
        </Button>
      )}
      {subscription?.payer !== "card" && (
        <Button small onClick={() => setOpen("give")}>
          {t("plans.give")}
        </Button>
      )}
      {open === "give" && <Give account={account} onClose={close} />}
      {open === "stop" && subscription && (
        <Confirm title={t("plans.stop")} action={t("plans.stop")} onConfirm={stop} onClose={close}>
          <p>{t("plans.stop.sure", { name: subscription.name })}</p>
        </Confirm>
      )}
    </>
  );
}
