import { useState } from "react";
import { ApiError, api } from "../../../base/api.ts";
import type { Probes } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { ProbeList } from "../probe-results.tsx";

/** A button that asks what the form would declare; nothing is stored. */
export function TryOut({
  path,
  body,
  disabled = false,
}: {
  path: string;
  body: () => object;
  disabled?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Probes>();
  const [complaint, setComplaint] = useState<string>();
  async function ask() {
    setBusy(true);
    setComplaint(undefined);
    try {
      setFound(await api.post<Probes>(path, body()));
    } catch (cause) {
      setFound(undefined);
      setComplaint(cause instanceof ApiError ? cause.message : t("failed.unreachable"));
    } finally {
      setBusy(false);
    }
  }
  return (
    <div className="stack">
      <div className="row">
        <Button icon="send" busy={busy} disabled={disabled} onClick={() => void ask()}>
          {t("operator.test")}
        </Button>
        <span className="hint">{t("declare.test.hint")}</span>
      </div>
      {found && <ProbeList found={found} />}
      {complaint && (
        <p className="complaint" role="alert">
          {complaint}
        </p>
      )}
    </div>
  );
}
