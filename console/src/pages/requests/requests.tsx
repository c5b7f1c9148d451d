import { type ReactNode, useState } from "react";
import { useLocation, useParams, useSearchParams } from "wouter";
import type { RequestRow } from "../../base/contract.ts";
import { useList } from "../../base/use-list.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Card, Page } from "../../ui/page.tsx";
import { Empty, Failed, Skeleton } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { type Filter, filterOf } from "./filters.ts";
import { requestColumns } from "./request-columns.tsx";
import { RequestDetail } from "./request-detail.tsx";
import { useLive } from "./use-live.ts";

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const here = useHere();
  if (filtered) {
    return (
      <Empty
        icon="filter"
        title={t("requests.none.title")}
        action={<Button onClick={onClear}>{t("requests.clear")}</Button>}
      >
        {t("requests.none.text")}
      </Empty>
    );
  }
  return (
    <Empty
      icon="requests"
      title={t("requests.empty.title")}
      action={
        <ButtonLink look="primary" icon="connect" to={`${here.home}/connect`}>
          {t("overview.empty.action")}
        </ButtonLink>
      }
    >
      {t("requests.empty.text")}
    </Empty>
  );
}

/** Rows that came live stand before those that were listed, each once. */
function withLive(live: readonly RequestRow[], listed: readonly RequestRow[]): RequestRow[] {
  const fresh = new Set(live.map(({ id }) => id));
  return [...live, ...listed.filter(({ id }) => !fresh.has(id))];
}

function LiveButton({ on, connected, onToggle }: { on: boolean; connected: boolean; onToggle: () => void }) {
  const text = on ? (connected ? "requests.live.on" : "requests.live.waiting") : "requests.live.off";
  return (
    <Button icon={on ? "stop" : "live"} aria-pressed={on} onClick={onToggle}>
      {on && <span className={connected ? "dot good pulse" : "dot"} />}
      {t(text)}
    </Button>
  );
}

interface RequestListProps {
  title: string;
  lead: string;
  /** Columns that only this list has, behind the model. */
  columns?: readonly Column<RequestRow>[];
  /** Filters that only this list has. */
  filters?: (filter: Filter, onChange: (change: Filter) => void) => ReactNode;
  /** Whether new requests come by themselves from the start. */
  liveFirst?: boolean;
}

export const RequestsPage = () => <RequestList title={t("nav.requests")} lead={t("requests.lead")} />;

/** All requests of where one is; one of them in a drawer where the address names it. */
export function RequestList({ title, lead, columns = [], filters, liveFirst = false }: RequestListProps) {
  const here = useHere();
  const path = `${here.api}/requests`;
  const { id } = useParams<{ id?: string }>();
  const [location, go] = useLocation();
  const [search, setSearch] = useSearchParams();
  const [live, setLive] = useState(liveFirst);
  const filter = filterOf(search);
  const { rows, error, retry, more } = useList<RequestRow>(path, filter);
  const tail = useLive(path, filter, live && !filter.to);
  const carried = search.size > 0 ? `?${search}` : "";
  const home = `${here.home}/requests`;
  const change = (next: Filter) => setSearch({ ...filterOf(new URLSearchParams({ ...filter, ...next })) });
  const clear = () => setSearch({});
  const [model, ...others] = requestColumns((row) => `${home}/${row.id}${carried}`);
  const shown = rows && withLive(tail.rows, rows);
  return (
    <Page
      title={title}
      lead={lead}
      actions={
        !filter.to && <LiveButton on={live} connected={tail.connected} onToggle={() => setLive(!live)} />
      }
    >
      <FilterBar filter={filter} onChange={change} onClear={clear}>
        {filters?.(filter, change)}
      </FilterBar>
      <Card flush>
        {error && <Failed error={error} onRetry={retry} />}
        {!shown && !error && <Skeleton lines={8} />}
        {shown?.length === 0 && <Nothing filtered={Object.keys(filter).length > 0} onClear={clear} />}
        {shown && shown.length > 0 && (
          <Table
            label={title}
            columns={[model, ...columns, ...others].filter((one) => one !== undefined)}
            rows={shown}
            rowKey={(row) => row.id}
            onRow={(row) => location !== `${home}/${row.id}` && go(`${home}/${row.id}${carried}`)}
            more={more}
          />
        )}
      </Card>
      {id && (
        <Dialog kind="drawer" title={t("request.title")} onClose={() => go(`${home}${carried}`)}>
          <RequestDetail id={id} />
        </Dialog>
      )}
    </Page>
  );
}
