import { useState } from "react";
import { api } from "../../../base/api.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Badge } from "../../../ui/page.tsx";
import { toast } from "../../../ui/toast.tsx";
import { declaredAnew, type Kind, pathOf } from "./declare-dialog.tsx";

type Source = "file" | "console" | "discovered";

interface Sourced {
  readonly id: string;
  readonly source: Source;
  /** Of quoin.yaml. */
  readonly line: number | null;
}

/** Plans and settings are not looked for: one that nobody declared is the built-in one. */
const isFound = (kind: Kind): boolean => kind === "upstream" || kind === "model";

/** Who declared it, and where that is changed. */
export function SourceBadge({ kind, source, line }: Omit<Sourced, "id"> & { kind: Kind }) {
  if (source === "console") return <Badge mood="accent">{t("declare.source.console")}</Badge>;
  if (source === "discovered")
    return <Badge>{t(isFound(kind) ? "declare.source.discovered" : "declare.source.default")}</Badge>;
  return <Badge>{line === null ? "quoin.yaml" : t("declare.source.line", { line })}</Badge>;
}

function Remove({
  kind,
  id,
  onClose,
  onRemoved,
}: {
  kind: Kind;
  id: string;
  onClose: () => void;
  onRemoved: () => void;
}) {
  async function remove() {
    await api.delete(pathOf(kind, id));
    await declaredAnew();
    toast(kind === "setting" ? t("declare.removed.setting") : t("declare.removed", { id }));
    onRemoved();
  }
  return (
    <Confirm
      title={t(`declare.remove.${kind}`)}
      action={t("declare.remove")}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{kind === "setting" ? t("declare.remove.setting.text") : t("declare.remove.text", { id })}</p>
    </Confirm>
  );
}

interface ActionsProps extends Sourced {
  kind: Kind;
  onChange: () => void;
  onRemoved?: () => void;
}

/** What can be done with it here; for what quoin.yaml declares, where else. */
export function DeclaredActions({ kind, id, source, line, onChange, onRemoved }: ActionsProps) {
  const [removing, setRemoving] = useState(false);
  if (source === "file") return <span className="hint">{t("declare.read-only", { line: line ?? "–" })}</span>;
  if (source === "discovered" && kind === "upstream")
    return <span className="hint">{t("declare.found")}</span>;
  return (
    <span className="row">
      <Button small icon="settings" onClick={onChange}>
        {t(source === "console" || !isFound(kind) ? "declare.change" : "declare.otherwise")}
      </Button>
      {source === "console" && (
        <Button small icon="trash" onClick={() => setRemoving(true)}>
          {t("declare.remove")}
        </Button>
      )}
      {removing && (
        <Remove
          kind={kind}
          id={id}
          onClose={() => setRemoving(false)}
          onRemoved={onRemoved ?? (() => undefined)}
        />
      )}
    </span>
  );
}
