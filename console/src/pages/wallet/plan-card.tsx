import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { api } from "../../base/api.ts";
import type { AccountPlan, Subscription } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { utcDay } from "../../base/time.ts";
import { count, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { AlsoIn } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Badge, Card, Facts } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { ChoosePlan } from "./choose-plan.tsx";

const day = (at: string) => utcDay(Date.parse(at));
const MOODS = { active: "good", unpaid: "warn", lapsed: "bad" } as const;

type Choice = Pick<Subscription, "name" | "seats" | "price_nanos">;

/** `Team, 3 seats`. */
function choiceName({ name, seats }: Choice): string {
  return seats === null ? name : t("plans.with-seats", { name, count: seats, seats: count(seats) });
}

const amountOf = ({ price_nanos }: Choice): string => (price_nanos === null ? "–" : money(price_nanos));

const priceOf = (choice: Choice): string => t("plans.a-month", { amount: amountOf(choice) });

function nextOf(subscription: Subscription): string {
  const { payer, paid_until, cancel_at_end, next } = subscription;
  const when = day(paid_until);
  if (cancel_at_end) return t("plans.next.ends", { when });
  if (payer === "operator") return t("plans.next.given", { when });
  const choice = next ?? subscription;
  return t("plans.next.invoice", { when, amount: amountOf(choice), plan: choiceName(choice) });
}

function Trouble({ subscription }: { subscription: Subscription }) {
  const { state, ends_at, pay_url, payer } = subscription;
  if (state === "active") return null;
  return (
    <p className={state === "lapsed" ? "notice bad" : "notice warn"} role="status">
      {state === "lapsed"
        ? t("plans.lapsed")
        : t(payer === "card" ? "plans.unpaid.card" : "plans.unpaid.wallet", {
            when: ends_at ? day(ends_at) : "",
          })}{" "}
      {pay_url && (
        <a href={pay_url} rel="noopener">
          {t("plans.pay-invoice")}
        </a>
      )}
    </p>
  );
}

function Standing({ plan: { subscription, members } }: { plan: AccountPlan }) {
  if (!subscription) return <p className="muted">{t("plans.none")}</p>;
  const { seats, payer, state, credit_nanos: credit } = subscription;
  return (
    <>
      <Trouble subscription={subscription} />
      <Facts
        facts={[
          [
            t("keys.plan"),
            <span key="plan" className="badges">
              <span className="strong">{subscription.name}</span>
              <Badge mood={MOODS[state]}>{t(`plans.state.${state}`)}</Badge>
            </span>,
          ],
          ...(seats === null
            ? []
            : [
                [
                  t("plans.seats"),
                  t("plans.seats.used", { used: count(members), seats: count(seats) }),
                ] as const,
              ]),
          [
            t("plans.price"),
            payer === "operator" ? (
              t("plans.given")
            ) : (
              <span key="price">
                {priceOf(subscription)} <AlsoIn nanos={subscription.price_nanos ?? "0"} />
              </span>
            ),
          ],
          ...(credit === null || credit === "0"
            ? []
            : [[t("plans.credit"), t("plans.a-month", { amount: money(credit) })] as const]),
          [t("plans.payer"), t(`plans.payer.${payer}`)],
          [t("plans.next"), nextOf(subscription)],
        ]}
      />
    </>
  );
}

interface ActionsProps {
  plan: AccountPlan;
  onChoose: () => void;
  onEnd: () => void;
}

function Actions({ plan: { subscription, offers }, onChoose, onEnd }: ActionsProps) {
  const here = useHere();
  async function keep() {
    if (!subscription) return;
    try {
      const { plan, seats } = subscription;
      const asked = { plan, ...(seats !== null && { seats }) };
      queryClient.setQueryData(["plan", here.name], await api.put(`${here.api}/subscription`, asked));
      toast(t("plans.kept"));
    } catch (error) {
      toastError(error);
    }
  }
  if (subscription?.payer === "operator") return null;
  return (
    <>
      {subscription?.cancel_at_end && (
        <Button small onClick={keep}>
          {t("plans.keep")}
        </Button>
      )}
      {subscription && !subscription.cancel_at_end && (
        <Button small look="quiet" onClick={onEnd}>
          {t("plans.end")}
        </Button>
      )}
      {offers.length > 0 && (
        <Button small look={subscription ? "plain" : "primary"} onClick={onChoose}>
          {t(subscription ? "plans.change" : "plans.choose")}
        </Button>
      )}
    </>
  );
}

/** The plan that the organisation pays for month by month, and what may be chosen. */
export function PlanCard() {
  const here = useHere();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("plan");
  const [open, setOpen] = useState<"choose" | "end" | undefined>(wanted === null ? undefined : "choose");
  const queryKey = ["plan", here.name];
  const plan = useQuery({ queryKey, queryFn: () => api.get<AccountPlan>(`${here.api}/subscription`) });
  function close() {
    setOpen(undefined);
    if (wanted !== null) setSearch({}, { replace: true });
  }
  async function end() {
    queryClient.setQueryData(queryKey, await api.delete(`${here.api}/subscription`));
    toast(t("plans.ended"));
  }
  const found = plan.data;
  if (found && !found.subscription && found.offers.length === 0) return null;
  return (
    <Card
      title={t("plans.title")}
      actions={
        here.may("wallet:write") &&
        found && <Actions plan={found} onChoose={() => setOpen("choose")} onEnd={() => setOpen("end")} />
      }
    >
      <Loaded query={plan} lines={3}>
        {(shown) => <Standing plan={shown} />}
      </Loaded>
      {open === "choose" && found && <ChoosePlan plan={found} wanted={wanted ?? undefined} onClose={close} />}
      {open === "end" && found?.subscription && (
        <Confirm title={t("plans.end")} action={t("plans.end")} onConfirm={end} onClose={close}>
          <p>
            {t("plans.end.sure", { name: found.subscription.name, when: day(found.subscription.paid_until) })}
          </p>
        </Confirm>
      )}
    </Card>
  );
}
