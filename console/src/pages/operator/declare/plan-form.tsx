import { t } from "../../../i18n/t.ts";
import { DeclareDialog } from "./declare-dialog.tsx";
import { DraftArea, DraftCheck, DraftId, DraftText, DraftWords, More } from "./draft-fields.tsx";
import { LimitFields } from "./limit-fields.tsx";

function Fields() {
  return (
    <>
      <div className="two">
        <DraftId placeholder="team" />
        <DraftText
          path={["key_prefix"]}
          label={t("declare.plan.key_prefix")}
          hint={t("declare.plan.key_prefix.hint")}
          placeholder="qn_team_"
        />
        <DraftText
          path={["price_multiplier"]}
          label={t("operator.plan.pays")}
          hint={t("declare.plan.multiplier.hint")}
          unit="×"
          placeholder="1"
        />
        <DraftText
          path={["monthly_credits"]}
          label={t("operator.plan.credit")}
          hint={t("declare.plan.credits.hint")}
          unit="USD"
        />
        <DraftText
          number
          path={["monthly_credits_keys_max"]}
          label={t("declare.plan.credit_keys")}
          hint={t("declare.plan.credit_keys.hint")}
          unit={t("declare.plan.credit_keys.unit")}
        />
      </div>
      <DraftCheck path={["monthly_credits_carry_over"]} label={t("declare.plan.carry_over")} />
      <DraftWords
        path={["models"]}
        label={t("nav.models")}
        hint={t("declare.plan.models.hint")}
        placeholder="gpt-5-mini, claude-haiku-4-5"
      />
      <More label={t("declare.plan.limits")} paths={[["limits"]]}>
        <LimitFields at={["limits"]} />
      </More>
      <More label={t("declare.plan.account_limits")} paths={[["account_limits"]]}>
        <LimitFields at={["account_limits"]} />
      </More>
      <More label={t("plans.declare")} paths={[["price"]]}>
        <div className="two">
          <DraftText
            path={["price", "month"]}
            label={t("plans.declare.month")}
            unit="USD"
            placeholder="20.00"
          />
          <DraftText path={["price", "seat"]} label={t("plans.declare.seat")} unit="USD" placeholder="8.00" />
          <DraftText
            number
            path={["price", "grace_days"]}
            label={t("plans.declare.grace")}
            hint={t("plans.declare.grace.hint")}
          />
        </div>
      </More>
      <More label={t("declare.plan.shown")} paths={[["shown"]]}>
        <div className="two">
          <DraftText path={["shown", "name"]} label={t("declare.plan.shown.name")} />
          <DraftText path={["shown", "price"]} label={t("declare.plan.shown.price")} unit="USD" />
          <DraftText number path={["shown", "seats_min"]} label={t("declare.plan.shown.seats")} />
        </div>
        <DraftCheck path={["shown", "per_seat"]} label={t("declare.plan.shown.per-seat")} />
        <DraftArea path={["shown", "description"]} label={t("declare.description")} rows={2} />
      </More>
    </>
  );
}

/** Declares a plan, or changes it. */
export function PlanForm({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  return (
    <DeclareDialog
      kind="plan"
      id={id}
      titles={{ make: t("declare.plan.new"), change: t("declare.plan.change") }}
      onClose={onClose}
    >
      <Fields />
    </DeclareDialog>
  );
}
