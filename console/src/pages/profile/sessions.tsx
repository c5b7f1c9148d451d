import { api } from "../../base/api.ts";
import type { Session } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { ago, moment } from "../../base/time.ts";
import { useList } from "../../base/use-list.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/button.tsx";
import { Badge, Card } from "../../ui/page.tsx";
import { Failed, Skeleton } from "../../ui/states.tsx";
import { toast, toastError } from "../../ui/toast.tsx";

const PATH = "/me/sessions";

const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
] as const;

/** `Firefox · Linux` of what a browser says that it is. */
function browserOf(agent: string): string {
  const named = (signs: readonly (readonly [string, string])[]) =>
    signs.find(([sign]) => agent.includes(sign))?.[1];
  return [named(BROWSERS), named(SYSTEMS)].filter(Boolean).join(" · ") || agent.slice(0, 60);
}

async function attempt(work: Promise<unknown>, done: string): Promise<void> {
  try {
    await work;
    await queryClient.invalidateQueries({ queryKey: [PATH] });
    toast(done);
  } catch (error) {
    toastError(error);
  }
}

/** Where the person is signed in. */
export function SessionsCard() {
  const { rows, error, retry } = useList<Session>(PATH);
  const others = rows?.some(({ current }) => !current);
  return (
    <Card
      title={t("sessions.title")}
      lead={t("sessions.lead")}
      actions={
        others && (
          <Button small onClick={() => void attempt(api.post(`${PATH}/end-others`), t("sessions.ended"))}>
            {t("sessions.end-others")}
          </Button>
        )
      }
    >
      {error && <Failed error={error} onRetry={retry} />}
      {!rows && !error && <Skeleton lines={2} />}
      <ul className="plain rows">
        {rows?.map(({ id, current, address, user_agent, seen_at }) => (
          <li key={id}>
            <span className="lead-cell">
              <span className="strong">
                {user_agent ? browserOf(user_agent) : t("sessions.unknown")}{" "}
                {current && <Badge mood="accent">{t("sessions.this")}</Badge>}
              </span>
              <small title={moment(seen_at)}>
                {[address, t("sessions.seen", { when: ago(seen_at) })].filter(Boolean).join(" · ")}
              </small>
            </span>
            {!current && (
              <Button
                small
                look="quiet"
                onClick={() => void attempt(api.delete(`${PATH}/${id}`), t("sessions.ended"))}
              >
                {t("sessions.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
