import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { AuditEntry, Member } from "../../base/contract.ts";
import type { Listed } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty } from "../../ui/states.tsx";
import { ACCOUNT_ACTIONS, AuditList, type AuditListProps } from "./audit-list.tsx";

/** Members by their addresses; whoever is none, by what they are. */
function useActorName(): (actor: string) => string {
  const here = useHere();
  const path = `${here.api}/members`;
  const { data } = useQuery({
    queryKey: [path, "names"],
    queryFn: () => api.get<Listed<Member>>(path, { limit: 200 }),
    enabled: here.may("members:read"),
  });
  const names = new Map(data?.items.map(({ user_id, email }) => [`user:${user_id}`, email]));
  return (actor) => {
    const [kind = ""] = actor.split(":");
    if (names.has(actor)) return names.get(actor) ?? actor;
    if (kind === "user") return t("audit.actor.other");
    return kind === "token" ? t("audit.actor.token") : t("audit.actor.operator");
  };
}

/** What was changed in the organisation, and by whom. @param nameOf of who did it, as the reader knows them */
export function Activity({ nameOf }: Pick<AuditListProps<AuditEntry>, "nameOf">) {
  const here = useHere();
  return (
    <Page title={t("nav.activity")} lead={t("audit.lead", { name: here.display_name || here.name })}>
      <AuditList
        path={`${here.api}/audit`}
        actions={ACCOUNT_ACTIONS}
        nameOf={nameOf}
        empty={
          <Empty
            icon="clock"
            title={t("audit.empty")}
            action={<ButtonLink to={`${here.home}/keys`}>{t("nav.keys")}</ButtonLink>}
          >
            {t("audit.empty.text")}
          </Empty>
        }
      />
    </Page>
  );
}

/** The same for its own people. */
export function ActivityPage() {
  return <Activity nameOf={useActorName()} />;
}
