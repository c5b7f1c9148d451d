import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api } from "../../base/api.ts";
import type { UsageSums, Wallet } from "../../base/contract.ts";
import { compact, count, duration, exactMoney, money, percent } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Amount } from "../../ui/amount.tsx";
import { tokensOf } from "./use-usage.ts";

interface TileProps {
  to: string;
  name: string;
  value: ReactNode;
  more?: ReactNode;
  title?: string;
}

/** One number; a press goes to what is behind it. */
export function Tile({ to, name, value, more, title }: TileProps) {
  return (
    <Link href={to} className="tile" title={title}>
      <span className="name">{name}</span>
      <span className="value">{value}</span>
      {more && <span className="more">{more}</span>}
    </Link>
  );
}

function BalanceTile() {
  const here = useHere();
  const { data: wallet } = useQuery({
    queryKey: ["wallet", here.name],
    queryFn: () => api.get<Wallet>(`${here.api}/wallet`),
  });
  return (
    <Tile
      to={`${here.home}/wallet`}
      name={t("overview.balance")}
      value={wallet ? <Amount nanos={wallet.available_nanos} /> : "–"}
      more={wallet && t("overview.balance.held", { amount: money(wallet.held_nanos) })}
      {...(wallet && { title: exactMoney(wallet.available_nanos) })}
    />
  );
}

export const ms = (value: number | null): string => (value === null ? "–" : duration(value));

/** How soon answers begin; how long they take stands below. */
export function LatencyTile({
  to,
  totals: { first_byte_ms: first, last_byte_ms: last },
}: {
  to: string;
  totals: Pick<UsageSums, "first_byte_ms" | "last_byte_ms">;
}) {
  return (
    <Tile
      to={to}
      name={t("overview.latency")}
      value={ms(first.p50)}
      more={t("overview.latency.more", { p95: ms(first.p95), whole: ms(last.p50) })}
    />
  );
}

/** The range's sums, each leading to its requests. */
export function Tiles({ totals, requests }: { totals: UsageSums; requests: string }) {
  const { may } = useHere();
  const { charge_nanos: charge, cache_saved_nanos: saved, usage } = totals;
  const failed = `${requests}&outcome=failed`;
  return (
    <div className="tiles">
      {may("wallet:read") && <BalanceTile />}
      <Tile
        to={requests}
        name={t("overview.spend")}
        value={<Amount nanos={charge} />}
        title={exactMoney(charge)}
      />
      <Tile
        to={totals.errors > 0 ? failed : requests}
        name={t("overview.requests")}
        value={count(totals.requests)}
        more={t("overview.errors", {
          count: totals.errors,
          share: percent(totals.requests === 0 ? 0 : totals.errors / totals.requests),
        })}
      />
      <Tile
        to={requests}
        name={t("overview.tokens")}
        value={compact(tokensOf(totals))}
        more={t("overview.tokens.split", {
          input: compact(usage.input + usage.cache_read + usage.cache_write_5m + usage.cache_write_1h),
          output: compact(usage.output + usage.reasoning),
        })}
      />
      <LatencyTile to={requests} totals={totals} />
      <Tile
        to={requests}
        name={t("overview.saved")}
        value={money(saved)}
        title={exactMoney(saved)}
        more={t("overview.saved.more", { tokens: compact(usage.cache_read) })}
      />
    </div>
  );
}
