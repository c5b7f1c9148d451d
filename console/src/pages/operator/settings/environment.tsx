import { useQuery } from "@tanstack/react-query";
import { api } from "../../../base/api.ts";
import type { Environment } from "../../../base/contract.ts";
import { t, tryText } from "../../../i18n/t.ts";
import { Card, Facts } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";

type Variable = Environment["items"][number];

/** Defaults are values, but for some that are words. */
function defaultText({ variable, default: otherwise }: Variable): string {
  if (otherwise === "none") return t("section.none");
  return tryText(`section.environment.default.${variable}`, otherwise);
}

/** Whether anything but the default was said, by the environment or by the command line. */
const isGiven = ({ is_set, option }: Variable): boolean => is_set || option !== null;

function Value({ variable }: { variable: Variable }) {
  const { value, option } = variable;
  if (option !== null)
    return (
      <>
        <code>{value}</code> <span className="muted">{t("section.environment.option", { option })}</span>
      </>
    );
  if (!variable.is_set) return <span className="muted">{defaultText(variable)}</span>;
  return value === null ? t("section.environment.hidden") : <code>{value}</code>;
}

function Variables({ items }: { items: readonly Variable[] }) {
  if (items.length === 0) return <p className="hint">{t("section.environment.none")}</p>;
  return (
    <Facts facts={items.map((one) => [one.variable, <Value key={one.variable} variable={one} />] as const)} />
  );
}

/** What this process was started with: it is changed where it is started, and nowhere else. */
export function EnvironmentCard() {
  const environment = useQuery({
    queryKey: ["/operator/environment"],
    queryFn: () => api.get<Environment>("/operator/environment"),
  });
  return (
    <Card
      title={t("section.environment")}
      lead={
        <>
          {t("section.environment.lead")}{" "}
          <a href="/docs/operators/settings">{t("section.environment.docs")}</a>
        </>
      }
    >
      <Loaded query={environment} lines={6}>
        {({ items }) => (
          <div className="stack long-names">
            <Variables items={items.filter(isGiven)} />
            <details className="more">
              <summary>{t("section.environment.defaults")}</summary>
              <Variables items={items.filter((one) => !isGiven(one))} />
            </details>
          </div>
        )}
      </Loaded>
    </Card>
  );
}
