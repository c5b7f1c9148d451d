import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { RequestCharge, RequestRow } from "../../base/contract.ts";
import { count, exactMoney, money } from "../../base/units.ts";
import { t, tryText } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { kindText, rateText } from "../models/rates.ts";

interface Line {
  readonly kind: string;
  readonly name: string;
  /** How much, at which price. */
  readonly sum?: string;
  readonly nanos?: string;
}

const usageText = (kind: string): string => tryText(`usage.${kind}`, kindText(kind));

/** What was used alone, where no price leads from it to the charge. */
function usedLines({ usage }: RequestRow): Line[] {
  const used = Object.entries(usage).filter(([, units]) => units > 0);
  return used.map(([kind, units]) => ({ kind, name: usageText(kind), sum: count(units) }));
}

function pricedLine({ kind, units, ...line }: NonNullable<RequestCharge["lines"]>[number]): Line {
  const nanos = kind === "request" ? line.amount_nanos : line.nanos_per_million;
  const rate = rateText(kind, nanos);
  return {
    kind,
    name: usageText(kind),
    sum: kind === "request" ? rate : `${count(units)} × ${rate}`,
    nanos: line.amount_nanos,
  };
}

/** Whose terms say what is paid of the price list. */
function multiplierName({ multiplier_of: of, multiplier_plan_name: plan }: RequestCharge): string {
  if (of === null) return t("request.multiplier");
  return of === "account"
    ? t("request.multiplier.account")
    : t("request.multiplier.plan", { plan: plan ?? "" });
}

function linesOf(request: RequestRow, charge: RequestCharge | undefined): Line[] {
  if (!charge?.lines) return usedLines(request);
  const { lines, multiplier, charge_nanos: nanos } = charge;
  const paid: Line[] =
    multiplier === null || multiplier === "1"
      ? []
      : [{ kind: "multiplier", name: multiplierName(charge), sum: `× ${multiplier}` }];
  return [...lines.map(pricedLine), ...paid, { kind: "charge", name: t("requests.charge"), nanos }];
}

/** What a request used, and how its charge comes out of that. */
export function UsageAndCharge({ request }: { request: RequestRow }) {
  const here = useHere();
  const path = `${here.api}/requests/${request.id}/charge`;
  const charge = useQuery({ queryKey: [path], queryFn: () => api.get<RequestCharge>(path) });
  const lines = linesOf(request, charge.data);
  if (lines.length === 0) return <p className="hint">{t("request.no-usage")}</p>;
  return (
    <>
      <dl className="charge">
        {lines.map(({ kind, name, sum, nanos }) => (
          <div key={kind} className={kind === "charge" ? "total" : undefined}>
            <dt>{name}</dt>
            <dd>{sum}</dd>
            <dd title={nanos && exactMoney(nanos)}>{nanos && money(nanos)}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">{t(`request.source.${request.usage_source}`)}</p>
    </>
  );
}
