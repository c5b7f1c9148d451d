import { useSearchParams } from "wouter";
import type { Upstream } from "../../../base/contract.ts";
import { count } from "../../../base/units.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { NotInForce } from "../declare/not-in-force.tsx";
import { SourceBadge } from "../declare/source.tsx";
import { UpstreamForm } from "../declare/upstream-form.tsx";
import { useDeclaring } from "../declare/use-declaring.ts";
import { DeclaredNotice } from "../declared-notice.tsx";
import { ListCard } from "../list-card.tsx";
import { UpstreamPanel } from "./upstream-detail.tsx";
import { UpstreamHealth } from "./upstream-health.tsx";

function columnsOf(onOpen: (id: string) => void): Column<Upstream>[] {
  return [
    {
      head: t("operator.upstream"),
      lead: true,
      cell: ({ id, base_url }) => (
        <span className="lead-cell">
          <button type="button" className="link cell-link" onClick={() => onOpen(id)}>
            {id}
          </button>
          <small className="mono">{base_url || "–"}</small>
        </span>
      ),
    },
    { head: t("operator.upstream.provider"), cell: ({ provider }) => provider },
    {
      head: t("models.health"),
      cell: ({ health, last_hour, cooling }) => (
        <span className="lead-cell">
          <UpstreamHealth {...{ health, last_hour }} />
          {cooling > 0 && <small>{t("operator.upstream.cooling", { count: cooling })}</small>}
        </span>
      ),
    },
    { head: t("nav.models"), align: "end", cell: ({ models }) => count(models.length) },
    {
      head: t("operator.upstream.credential"),
      cell: ({ has_api_key }) =>
        t(has_api_key ? "operator.upstream.credential.set" : "operator.upstream.credential.none"),
    },
    { head: t("declare.source"), cell: (upstream) => <SourceBadge kind="upstream" {...upstream} /> },
  ];
}

/** Where answers come from, and how it goes there. */
export function UpstreamsPage() {
  const [search, setSearch] = useSearchParams();
  const declaring = useDeclaring();
  const make = (
    <Button look="primary" icon="plus" onClick={declaring.make}>
      {t("declare.upstream.new")}
    </Button>
  );
  const list = useList<Upstream>("/operator/upstreams");
  const open = search.get("upstream");
  return (
    <Page title={t("operator.upstreams")} lead={t("operator.upstreams.lead")} actions={make}>
      <ListCard
        label={t("operator.upstreams")}
        list={list}
        columns={columnsOf((upstream) => setSearch({ upstream }))}
        rowKey={({ id }) => id}
        empty={
          <Empty icon="server" title={t("operator.upstreams.none")} action={make}>
            {t("operator.declared")}
          </Empty>
        }
      />
      <NotInForce kind="upstream" onChange={declaring.change} />
      <DeclaredNotice />
      {declaring.open && (
        <UpstreamForm key={declaring.edited} id={declaring.edited} onClose={declaring.close} />
      )}
      {open && (
        <Dialog kind="drawer" title={t("operator.upstream")} onClose={() => setSearch({})}>
          <UpstreamPanel id={open} onChange={() => declaring.change(open)} onRemoved={() => setSearch({})} />
        </Dialog>
      )}
    </Page>
  );
}
