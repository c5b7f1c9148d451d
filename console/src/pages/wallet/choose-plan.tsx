import { useState } from "react";
import { api } from "../../base/api.ts";
import type { AccountPlan, PlanChosen } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice, Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Segments } from "../../ui/tabs.tsx";
import { toast } from "../../ui/toast.tsx";

type Offer = AccountPlan["offers"][number];
type Pay = AccountPlan["pays"][number];

function monthOf({ month_nanos, seat_nanos }: Offer, seats: number): bigint {
  return BigInt(month_nanos) + BigInt(seat_nanos ?? "0") * BigInt(seats);
}

/** What a month comes to, and what comes with it. */
function Sum({ offer, seats, changes, pay }: { offer: Offer; seats: number; changes: boolean; pay: Pay }) {
  const { seat_nanos, month_nanos, credit_nanos: credit } = offer;
  const each = seat_nanos === null ? 1 : seats;
  return (
    <div className="prose">
      <p>
        <strong>{t("plans.a-month", { amount: money(monthOf(offer, seats)) })}</strong>
        {seat_nanos !== null && ` = ${money(month_nanos)} + ${seats} × ${money(seat_nanos)}`}
        {credit !== null && ` · ${t("plans.credit.with", { amount: money(BigInt(credit) * BigInt(each)) })}`}
      </p>
      <p className="hint">
        {t(changes ? "plans.when.change" : pay === "card" ? "plans.when.card" : "plans.when.wallet")}
      </p>
    </div>
  );
}

interface ChoosePlanProps {
  plan: AccountPlan;
  /** The plan that somebody came for. */
  wanted: string | undefined;
  onClose: () => void;
}

/** Which plan, for how many, and paid how; a first payment by card goes to the provider's page. */
export function ChoosePlan({
  plan: { subscription, offers, members, pays },
  wanted,
  onClose,
}: ChoosePlanProps) {
  const here = useHere();
  const first = offers.find(({ plan }) => plan === (wanted ?? subscription?.plan)) ?? offers[0];
  const [chosen, setChosen] = useState(first?.plan ?? "");
  const offer = offers.find(({ plan }) => plan === chosen) ?? first;
  const fewest = Math.max(offer?.seats_min ?? 1, members, 1);
  const [typed, setTyped] = useState(subscription?.seats ? String(subscription.seats) : "");
  const [pay, setPay] = useState<Pay>(pays[0] ?? "wallet");
  const sending = useSending();
  if (!offer) return null;
  const hasSeats = offer.seat_nanos !== null;
  const seats = typed === "" ? fewest : Number.parseInt(typed, 10) || 0;
  async function choose() {
    const answer = await api.put<PlanChosen>(`${here.api}/subscription`, {
      plan: chosen,
      ...(hasSeats && { seats }),
      ...(!subscription && { pay }),
      return_url: `${location.origin}/console${here.home}/wallet?paid`,
    });
    if (answer.url !== null) return location.assign(answer.url);
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ["plan", here.name] }),
      queryClient.invalidateQueries({ queryKey: ["wallet", here.name] }),
      queryClient.invalidateQueries({ queryKey: ["statement", here.name] }),
    ]);
    toast(t("plans.chosen"));
    onClose();
  }
  return (
    <Dialog title={t(subscription ? "plans.change" : "plans.choose")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["plan", "seats", "pay"]}
        submit={t(subscription ? "save" : pay === "card" ? "wallet.pay" : "plans.pay-from-wallet")}
        onSubmit={choose}
        onCancel={onClose}
      >
        <Choice
          label={t("keys.plan")}
          options={offers.map(({ plan, name }) => [plan, name])}
          value={chosen}
          onChoose={setChosen}
          error={sending.errorOf("plan")}
        />
        {hasSeats && (
          <Field
            label={t("plans.seats")}
            hint={t("plans.seats.hint", { count: fewest })}
            type="number"
            min={fewest}
            value={typed === "" ? String(fewest) : typed}
            onChange={({ target }) => setTyped(target.value)}
            error={sending.errorOf("seats")}
          />
        )}
        {!subscription && pays.length > 1 && (
          <Segments
            label={t("plans.payer")}
            options={pays.map((one) => [one, t(`plans.payer.${one}`)])}
            chosen={pay}
            onChoose={(one) => setPay(one as Pay)}
          />
        )}
        <Sum offer={offer} seats={hasSeats ? seats : 0} changes={subscription !== null} pay={pay} />
      </Form>
    </Dialog>
  );
}
