import { useQuery } from "@tanstack/react-query";
import { api } from "../../../base/api.ts";
import { t } from "../../../i18n/t.ts";
import { ButtonLink } from "../../../ui/button.tsx";
import { DOUBTED_PATH } from "../charges/charges.tsx";

/** How many charges wait for the operator's word, with the way to them; nothing where none does. */
export function DoubtedNotice() {
  const { data } = useQuery({
    queryKey: [DOUBTED_PATH, "count"],
    queryFn: () => api.get<{ count: number }>(`${DOUBTED_PATH}/count`),
  });
  if (!data?.count) return null;
  return (
    <div className="row spread notice warn">
      <span>{t("operator.charges.waiting", { count: data.count })}</span>
      <ButtonLink small to="/operator/charges">
        {t("operator.charges.decide")}
      </ButtonLink>
    </div>
  );
}
