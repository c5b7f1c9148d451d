import { type ReactNode, useState } from "react";
import { useSearchParams } from "wouter";
import type { AuditEntry } from "../../base/contract.ts";
import { moment } from "../../base/time.ts";
import { useList } from "../../base/use-list.ts";
import { t, tryText } from "../../i18n/t.ts";
import { Ago } from "../../ui/ago.tsx";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice } from "../../ui/field.tsx";
import { Facts } from "../../ui/page.tsx";
import { Empty } from "../../ui/states.tsx";
import type { Column } from "../../ui/table.tsx";
import { ListCard } from "../operator/list-card.tsx";
import { TextFilter } from "../requests/filter-bar.tsx";

/** What an organisation's members do to it; the API's words for it, which the filter takes. */
export const ACCOUNT_ACTIONS = [
  "keys.create",
  "keys.change",
  "keys.rotate",
  "keys.revoke",
  "tokens.create",
  "tokens.revoke",
  "invitations.create",
  "invitations.accept",
  "invitations.revoke",
  "members.change",
  "members.remove",
  "members.leave",
  "wallet.redeem",
  "wallet.checkout",
  "wallet.auto-top-up",
  "wallet.save-method",
  "wallet.forget-method",
  "wallet.notify",
  "wallet.currency",
  "plans.choose",
  "plans.cancel",
  "prompts.rule",
  "prompts.delete",
  "prompts.delete_all",
  "brands.put",
  "brands.prove",
  "brands.delete",
  "accounts.create",
  "accounts.rename",
] as const;

const actionText = (action: string): string => tryText(`audit.${action}`, action);

function Entry({ entry, actor, onClose }: { entry: AuditEntry; actor: string; onClose: () => void }) {
  const { at, action, address, target, before, after } = entry;
  const sides = [
    [t("operator.prices.before"), before],
    [t("operator.prices.after"), after],
  ] as const;
  const facts: (readonly [string, ReactNode])[] = [
    [t("requests.time"), moment(at)],
    [t("audit.actor"), actor],
    [t("audit.address"), address && <code>{address}</code>],
    [t("audit.target"), target && <code>{target}</code>],
    [t("audit.action"), <code key="action">{action}</code>],
  ];
  return (
    <Dialog kind="wide" title={actionText(action)} onClose={onClose}>
      <Facts facts={facts.filter(([, value]) => value)} />
      {sides.map(
        ([title, value]) =>
          value !== null && <CodeBlock key={title} title={title} code={JSON.stringify(value, null, 2)} />,
      )}
    </Dialog>
  );
}

function columnsOf<Row extends AuditEntry>(
  nameOf: (actor: string) => string,
  onOpen: (entry: AuditEntry) => void,
  more: readonly Column<Row>[],
): Column<Row>[] {
  return [
    {
      head: t("audit.action"),
      lead: true,
      cell: (entry) => (
        <span className="lead-cell">
          <button type="button" className="link cell-link" onClick={() => onOpen(entry)}>
            {actionText(entry.action)}
          </button>
          <small className="mono">{entry.target}</small>
        </span>
      ),
    },
    {
      head: t("audit.actor"),
      cell: ({ actor, address }) => (
        <span className="lead-cell">
          <span>{nameOf(actor)}</span>
          <small className="mono">{address}</small>
        </span>
      ),
    },
    ...more,
    {
      head: t("requests.time"),
      align: "end",
      cell: ({ at }) => <Ago at={at} />,
    },
  ];
}

export interface AuditListProps<Row extends AuditEntry> {
  path: string;
  actions: readonly string[];
  /** The name of who did it, of `user:ID`, `token:ID` or `command`. */
  nameOf: (actor: string) => string;
  columns?: readonly Column<Row>[];
  /** Filters by texts, besides the action. */
  filters?: readonly (readonly [name: string, label: string, example?: string])[];
  /** Where nothing was ever changed. */
  empty: ReactNode;
}

/** Every write that was made, and by whom. */
export function AuditList<Row extends AuditEntry>({
  path,
  actions,
  nameOf,
  columns = [],
  filters = [],
  empty,
}: AuditListProps<Row>) {
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState<AuditEntry>();
  const names = ["action", ...filters.map(([name]) => name)];
  const asked = Object.fromEntries(names.map((name) => [name, search.get(name) ?? ""]));
  const isFiltered = names.some((name) => asked[name] !== "");
  const list = useList<Row>(path, asked);
  const clear = () => setSearch({});
  const change = (name: string, value: string) => {
    const next = Object.entries({ ...asked, [name]: value });
    setSearch(Object.fromEntries(next.filter(([, text]) => text !== "")));
  };
  const chosen = asked.action ?? "";
  const known = actions.includes(chosen) || chosen === "" ? actions : [...actions, chosen];
  return (
    <>
      <section className="filters" aria-label={t("requests.filters")}>
        <Choice
          label={t("audit.action")}
          value={chosen}
          onChoose={(action) => change("action", action)}
          options={[["", t("requests.any")], ...known.map((one) => [one, actionText(one)] as const)]}
        />
        {filters.map(([name, label, example]) => (
          <TextFilter
            key={`${name} ${asked[name]}`}
            label={label}
            placeholder={example}
            value={asked[name] ?? ""}
            onText={(text) => change(name, text)}
          />
        ))}
        {isFiltered && (
          <Button look="quiet" small onClick={clear}>
            {t("requests.clear")}
          </Button>
        )}
      </section>
      <ListCard
        label={t("audit.title")}
        list={list}
        columns={columnsOf(nameOf, setOpen, columns)}
        rowKey={({ id }) => id}
        empty={
          isFiltered ? (
            <Empty
              icon="filter"
              title={t("requests.none.title")}
              action={<Button onClick={clear}>{t("requests.clear")}</Button>}
            >
              {t("audit.none")}
            </Empty>
          ) : (
            empty
          )
        }
      />
      {open && <Entry entry={open} actor={nameOf(open.actor)} onClose={() => setOpen(undefined)} />}
    </>
  );
}
