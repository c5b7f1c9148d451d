import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { KeyPlan } from "../../base/contract.ts";
import type { Listed } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { Choice } from "../../ui/field.tsx";

interface PlanChoiceProps {
  /** Empty: the default plan. */
  value: string;
  onChoose: (plan: string) => void;
  /** Without the choice of none. */
  named?: boolean;
}

/** One of the plans that are in force. */
export function PlanChoice({ value, onChoose, named = false }: PlanChoiceProps) {
  const { data } = useQuery({
    queryKey: ["/operator/plans", "choice"],
    queryFn: () => api.get<Listed<KeyPlan>>("/operator/plans", { limit: 200 }),
  });
  const plans = (data?.items ?? []).map(
    ({ id, display_name: name }) => [id, name === id ? id : `${name} (${id})`] as const,
  );
  const none = [["", t("operator.plan.default")] as const];
  return (
    <Choice
      label={t("keys.plan")}
      hint={t("operator.plan.hint")}
      value={value}
      onChoose={onChoose}
      options={named ? plans : [...none, ...plans]}
    />
  );
}
