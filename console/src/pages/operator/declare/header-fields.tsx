import { useState } from "react";
import { t } from "../../../i18n/t.ts";
import { Button, IconButton } from "../../../ui/button.tsx";
import { Field } from "../../../ui/field.tsx";
import { at } from "./draft.ts";
import { useDraft } from "./draft-context.ts";
import { DraftText, More } from "./draft-fields.tsx";

/** Further headers of each request: their values are secrets, entered and never shown again. */
export function HeaderFields() {
  const { draft, set, declaration, complaintOf } = useDraft();
  const [name, setName] = useState("");
  const kept = declaration?.declared?.header_names ?? [];
  const fields = at(draft, ["headers"]);
  const names = [...new Set([...kept, ...Object.keys(fields ?? {})])];
  const isGone = (header: string) => at(draft, ["headers", header]) === null;
  const takeAway = (header: string) => set(["headers", header], kept.includes(header) ? null : undefined);
  return (
    <More label={t("declare.headers")} paths={[["headers"]]}>
      <p className="hint">{t("declare.headers.hint")}</p>
      {names
        .filter((header) => !isGone(header))
        .map((header) => (
          <div key={header} className="entry">
            <DraftText
              type="password"
              path={["headers", header]}
              label={header}
              {...(kept.includes(header) && { placeholder: t("declare.secret.kept") })}
            />
            <IconButton
              icon="trash"
              label={t("declare.take-away", { number: header })}
              onClick={() => takeAway(header)}
            />
          </div>
        ))}
      <div className="entry">
        <Field
          label={t("declare.header.name")}
          value={name}
          placeholder="x-tenant"
          error={names.length === 0 ? complaintOf(["headers"]) : undefined}
          onChange={({ target }) => setName(target.value)}
        />
        <Button
          small
          icon="plus"
          disabled={name.trim() === ""}
          onClick={() => {
            set(["headers", name.trim()], "");
            setName("");
          }}
        >
          {t("declare.header.add")}
        </Button>
      </div>
    </More>
  );
}
