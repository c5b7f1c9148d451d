import { type ReactNode, useState } from "react";
import { ERROR_KINDS } from "../../../../../src/core/errors.ts";
import { DIALECTS, PROTOCOLS, SIDE_PROTOCOLS } from "../../../../../src/core/protocol.ts";
import { t } from "../../../i18n/t.ts";
import { IconButton } from "../../../ui/button.tsx";
import { Choice } from "../../../ui/field.tsx";
import { at, type Path } from "./draft.ts";
import { useDraft } from "./draft-context.ts";
import { DraftArea, DraftText } from "./draft-fields.tsx";

interface NamedProps {
  at: Path;
  /** What there may be an entry of, once each. */
  names: readonly string[];
  add: string;
  children: (path: Path) => ReactNode;
}

/** Entries by names that are chosen; one stays open while it is empty, though nothing is declared by it. */
function DraftNamed({ at: where, names, add, children }: NamedProps) {
  const { draft, set } = useDraft();
  const [open, setOpen] = useState(() => names.filter((name) => at(draft, [...where, name]) !== undefined));
  const left = names.filter((name) => !open.includes(name));
  function takeAway(name: string) {
    set([...where, name], undefined);
    setOpen(open.filter((one) => one !== name));
  }
  return (
    <>
      {open.map((name) => (
        <fieldset key={name} className="entry" aria-label={name}>
          <div className="stack">
            <code>{name}</code>
            {children([...where, name])}
          </div>
          <IconButton
            icon="trash"
            label={t("declare.take-away", { number: name })}
            onClick={() => takeAway(name)}
          />
        </fieldset>
      ))}
      <Choice
        label={add}
        value=""
        options={[["", t("declare.choose")], ...left.map((name) => [name, name] as const)]}
        onChoose={(name) => setOpen([...open, name])}
      />
    </>
  );
}

function ShapeFields({ path }: { path: Path }) {
  return (
    <>
      <div className="two">
        <DraftText number path={[...path, "status"]} label={t("section.error.status")} placeholder="429" />
        <DraftText
          path={[...path, "type"]}
          label={t("section.error.type")}
          hint={t("section.error.type.hint")}
          placeholder="rate_limit_error"
        />
        <DraftText
          path={[...path, "code"]}
          label={t("section.error.code")}
          hint={t("section.error.code.hint")}
          placeholder="rate_limit_exceeded"
        />
      </div>
      <DraftArea
        rows={2}
        path={[...path, "message"]}
        label={t("section.error.message")}
        hint={t("section.error.message.hint")}
      />
    </>
  );
}

const LAYERS = [...new Set<string>([...DIALECTS, ...PROTOCOLS, ...SIDE_PROTOCOLS])];

/** Where the service's documented errors are others than the default ones. */
export function ErrorFields() {
  return (
    <>
      <p className="hint">
        {t("section.errors.hint")} <a href="/docs/errors">{t("section.errors.docs")}</a>
      </p>
      <DraftNamed at={[]} names={ERROR_KINDS} add={t("section.errors.add")}>
        {(path) => (
          <>
            <ShapeFields path={path} />
            <DraftNamed at={[...path, "for"]} names={LAYERS} add={t("section.errors.for")}>
              {(narrower) => <ShapeFields path={narrower} />}
            </DraftNamed>
          </>
        )}
      </DraftNamed>
    </>
  );
}
