import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../base/api.ts";
import type { PriceDiff, PriceVersion } from "../../../base/contract.ts";
import { moment } from "../../../base/time.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Badge } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { kindText, versionAmount } from "../../models/rates.ts";
import { ListCard } from "../list-card.tsx";

type Change = PriceDiff["changes"][number];

const changeColumns = (): Column<Change>[] => [
  { head: t("models.model"), lead: true, cell: ({ model }) => <span className="strong">{model}</span> },
  { head: t("models.kind"), cell: ({ kind }) => kindText(kind) },
  { head: t("operator.prices.before"), align: "end", cell: ({ kind, from }) => versionAmount(kind, from) },
  { head: t("operator.prices.after"), align: "end", cell: ({ kind, to }) => versionAmount(kind, to) },
];

function Changes({ from, to, onClose }: { from: number; to: number; onClose: () => void }) {
  const diff = useQuery({
    queryKey: ["price-diff", from, to],
    queryFn: () => api.get<PriceDiff>("/operator/prices/diff", { from, to }),
  });
  return (
    <Dialog kind="wide" title={t("operator.prices.changes", { from, to })} onClose={onClose}>
      <Loaded query={diff}>
        {({ changes }) =>
          changes.length === 0 ? (
            <p className="hint">{t("operator.prices.same")}</p>
          ) : (
            <Table
              label={t("operator.prices.changes", { from, to })}
              columns={changeColumns()}
              rows={changes}
              rowKey={({ model, kind }) => `${model} ${kind}`}
            />
          )
        }
      </Loaded>
    </Dialog>
  );
}

/** Every price list there was, and what each changed. */
export function PriceVersions() {
  const [shown, setShown] = useState<number>();
  const list = useList<PriceVersion>("/operator/prices/versions");
  const before = (version: number) => list.rows?.find((one) => one.version < version)?.version;
  const previous = shown === undefined ? undefined : before(shown);
  const columns: Column<PriceVersion>[] = [
    {
      head: t("request.price"),
      lead: true,
      cell: ({ version, in_force }) => (
        <span className="strong">
          {t("request.price-version", { version })}{" "}
          {in_force && <Badge mood="good">{t("operator.prices.in-force")}</Badge>}
        </span>
      ),
    },
    { head: t("operator.since"), cell: ({ since }) => moment(since) },
    {
      head: t("keys.actions.head"),
      bare: true,
      cell: ({ version }) =>
        before(version) !== undefined && (
          <Button small look="quiet" onClick={() => setShown(version)}>
            {t("operator.prices.show")}
          </Button>
        ),
    },
  ];
  return (
    <>
      <ListCard
        title={t("operator.prices.versions")}
        lead={t("operator.prices.lead")}
        label={t("operator.prices.versions")}
        list={list}
        columns={columns}
        rowKey={({ version }) => String(version)}
        empty={<p className="card-empty">{t("operator.prices.none")}</p>}
      />
      {shown !== undefined && previous !== undefined && (
        <Changes from={previous} to={shown} onClose={() => setShown(undefined)} />
      )}
    </>
  );
}
