import { useQuery } from "@tanstack/react-query";
import { api } from "../../../base/api.ts";
import type { Declared } from "../../../base/contract.ts";
import type { Listed } from "../../../base/queries.ts";
import { t } from "../../../i18n/t.ts";
import { Card } from "../../../ui/page.tsx";
import type { Kind } from "./declare-dialog.tsx";
import { DeclaredActions } from "./source.tsx";

/** What was declared here and cannot be in force: why, and what can be done. Nothing where all of it is. */
export function NotInForce({ kind, onChange }: { kind: Kind; onChange: (id: string) => void }) {
  const { data } = useQuery({
    queryKey: ["/operator/declared", "all"],
    queryFn: () => api.get<Listed<Declared>>("/operator/declared", { limit: 200 }),
  });
  const left = data?.items.filter((one) => one.kind === kind && !one.in_force) ?? [];
  if (left.length === 0) return null;
  return (
    <Card title={t("declare.left-out")} lead={t("declare.left-out.lead")}>
      <ul className="rows">
        {left.map(({ id, problems }) => (
          <li key={id}>
            <span className="lead-cell">
              <span className="strong">{id}</span>
              {problems.map(({ field, message }) => (
                <small key={`${field} ${message}`} className="complaint">
                  {field === "" ? message : `${field}: ${message}`}
                </small>
              ))}
            </span>
            <DeclaredActions kind={kind} id={id} source="console" line={null} onChange={() => onChange(id)} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
