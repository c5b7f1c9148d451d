import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api } from "../../base/api.ts";
import type { RequestRow } from "../../base/contract.ts";
import type { Listed } from "../../base/queries.ts";
import { count, duration, exactMoney, money } from "../../base/units.ts";
import { t, tryText } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { PLAYGROUND_PROJECT } from "./playground-key.ts";
import type { AnswerFacts } from "./use-columns.ts";

const WAIT_MS = 300;
const TRIES_MAX = 10;
const ROWS = 20;

/** The record of a request: written a moment after its answer, so it is looked for until it is there. */
function useRecord(id: string | null): RequestRow | undefined {
  const here = useHere();
  const { data } = useQuery({
    queryKey: ["playground-record", id],
    enabled: id !== null && here.may("requests:read"),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const query = { project: PLAYGROUND_PROJECT, limit: ROWS };
      const { items } = await api.get<Listed<RequestRow>>(`${here.api}/requests`, query);
      return items.find((item) => item.id === id) ?? null;
    },
    refetchInterval: ({ state }) => (state.data || state.dataUpdateCount >= TRIES_MAX ? false : WAIT_MS),
  });
  return data ?? undefined;
}

const usageOf = ({ usage }: RequestRow): readonly string[] =>
  Object.entries(usage)
    .filter(([, amount]) => amount > 0)
    .map(([kind, amount]) => `${tryText(`usage.${kind}`, kind)} ${count(amount)}`);

/** Under an answer: how long it took, what it used, what it cost, what could not be carried. */
export function AnswerLine({ facts }: { facts: AnswerFacts }) {
  const here = useHere();
  const { firstMs, tookMs, requestId, warnings } = facts;
  const record = useRecord(requestId?.replace(/^req_/, "") ?? null);
  const told = [
    firstMs !== undefined && t("playground.first", { took: duration(firstMs) }),
    t("playground.took", { took: duration(tookMs) }),
    ...(record ? usageOf(record) : []),
  ].filter((text) => text !== false);
  return (
    <p className="hint answer-line">
      {told.map((text) => (
        <span key={text}>{text}</span>
      ))}
      {record && (
        <span title={exactMoney(record.charge_nanos)}>
          {t("playground.cost", { amount: money(record.charge_nanos) })}
        </span>
      )}
      {record && <Link href={`${here.home}/requests/${record.id}`}>{t("connect.see")}</Link>}
      {warnings && <span className="warning-line">{warnings}</span>}
    </p>
  );
}
