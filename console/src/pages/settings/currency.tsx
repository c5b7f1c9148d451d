import { api } from "../../base/api.ts";
import type { AccountCurrency } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { useCurrency } from "../../shell/use-second-currency.ts";
import { Choice } from "../../ui/field.tsx";
import { Card } from "../../ui/page.tsx";
import { toast, toastError } from "../../ui/toast.tsx";

const NONE = "USD";

/** Which currency amounts are also shown in; for the whole organisation. */
export function CurrencyCard() {
  const here = useHere();
  const { data } = useCurrency(here);
  if (!data || data.offered.length === 0) return null;
  async function choose(code: string) {
    try {
      const shown = code === NONE ? null : code;
      const after = await api.put<AccountCurrency>(`${here.api}/wallet/currency`, { shown });
      queryClient.setQueryData(["currency", here.name], after);
      await queryClient.invalidateQueries({ queryKey: ["statement", here.name] });
      toast(t("settings.currency.saved"));
    } catch (error) {
      toastError(error);
    }
  }
  const offered = data.offered.map(
    ({ code, rate }) => [code, t("settings.currency.both", { code, rate })] as const,
  );
  return (
    <Card title={t("settings.currency")} lead={t("settings.currency.hint")}>
      <div className="narrow">
        <Choice
          label={t("settings.currency.shown")}
          options={[[NONE, t("settings.currency.none")], ...offered]}
          value={data.shown ?? NONE}
          onChoose={(code) => void choose(code)}
        />
      </div>
    </Card>
  );
}
