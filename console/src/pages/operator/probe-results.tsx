import { useState } from "react";
import { api } from "../../base/api.ts";
import type { Probes } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { duration } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/button.tsx";
import { Badge } from "../../ui/page.tsx";
import { toastError } from "../../ui/toast.tsx";

interface ProbeProps {
  path: string;
  body?: object;
  /** The list whose health may have changed. */
  changes: readonly unknown[];
}

/** What each target said to a test call. */
export function ProbeList({ found }: { found: Probes }) {
  return (
    <ul className="rows" aria-live="polite">
      {found.targets.map((target) => (
        <li key={`${target.upstream} ${target.model} ${target.protocol}`}>
          <span className="lead-cell">
            <span className="strong">
              {target.upstream} · {target.model}
            </span>
            <small>{target.ok ? target.protocol : `${target.status || ""} ${target.reason}`.trim()}</small>
          </span>
          <span className="row">
            <span className="muted">{duration(target.took_ms)}</span>
            <Badge mood={target.ok ? "good" : "bad"}>
              {t(target.ok ? "operator.test.ok" : "operator.test.failed")}
            </Badge>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A button that asks the upstreams something small, and what they said. */
export function ProbeButton({ path, body, changes }: ProbeProps) {
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Probes>();
  async function ask() {
    setBusy(true);
    try {
      setFound(await api.post<Probes>(path, body));
      await queryClient.invalidateQueries({ queryKey: changes });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <div className="stack">
      <div className="row">
        <Button icon="send" busy={busy} onClick={() => void ask()}>
          {t("operator.test")}
        </Button>
        <span className="hint">{t("operator.test.hint")}</span>
      </div>
      {found && <ProbeList found={found} />}
    </div>
  );
}
