import { useState } from "react";
import { t } from "../../i18n/t.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Area, Field } from "../../ui/field.tsx";
import type { Tool } from "./protocols/protocol.ts";

/** A tool as it is being written. */
export interface ToolDraft {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly schema: string;
}

/** Names that every vendor takes. */
const NAME = /^[A-Za-z_][\w-]{0,63}$/;

const EXAMPLE: Omit<ToolDraft, "id"> = {
  name: "get_weather",
  description: "The weather at a place now.",
  schema: JSON.stringify(
    { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    null,
    2,
  ),
};

function schemaOf(text: string): object | undefined {
  try {
    const schema: unknown = JSON.parse(text);
    return typeof schema === "object" && schema !== null && !Array.isArray(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}

/** What can be sent of the drafts: those with a fitting name and a schema. */
export const toolsOf = (drafts: readonly ToolDraft[]): readonly Tool[] =>
  drafts.flatMap(({ name, description, schema }) => {
    const read = schemaOf(schema);
    return NAME.test(name) && read ? [{ name, description, schema: read }] : [];
  });

function ToolFields({
  draft,
  onChange,
  onRemove,
}: {
  draft: ToolDraft;
  onChange: (draft: ToolDraft) => void;
  onRemove: () => void;
}) {
  const { name, description, schema } = draft;
  return (
    <fieldset className="tool">
      <legend className="visually-hidden">{name || t("playground.tool")}</legend>
      <div className="two">
        <Field
          label={t("playground.tool.name")}
          value={name}
          error={NAME.test(name) ? undefined : t("playground.tool.name.wrong")}
          onChange={({ target }) => onChange({ ...draft, name: target.value })}
        />
        <Field
          label={t("playground.tool.description")}
          value={description}
          onChange={({ target }) => onChange({ ...draft, description: target.value })}
        />
      </div>
      <Area
        label={t("playground.tool.schema")}
        rows={6}
        value={schema}
        error={schemaOf(schema) ? undefined : t("playground.tool.schema.wrong")}
        onText={(text) => onChange({ ...draft, schema: text })}
      />
      <IconButton icon="trash" label={t("playground.tool.remove", { name })} onClick={onRemove} />
    </fieldset>
  );
}

interface ToolsProps {
  drafts: readonly ToolDraft[];
  onChange: (drafts: readonly ToolDraft[]) => void;
}

/** Tools that the model may call; whoever sits here answers the calls. */
export function Tools({ drafts, onChange }: ToolsProps) {
  const [made, setMade] = useState(0);
  function add() {
    const name = drafts.some((draft) => draft.name === EXAMPLE.name) ? `tool_${made + 1}` : EXAMPLE.name;
    onChange([...drafts, { ...EXAMPLE, name, id: made }]);
    setMade(made + 1);
  }
  return (
    <details className="more">
      <summary>{t("playground.tools", { number: drafts.length })}</summary>
      <div className="stack">
        <p className="hint">{t("playground.tools.hint")}</p>
        {drafts.map((draft) => (
          <ToolFields
            key={draft.id}
            draft={draft}
            onChange={(next) => onChange(drafts.map((one) => (one.id === next.id ? next : one)))}
            onRemove={() => onChange(drafts.filter(({ id }) => id !== draft.id))}
          />
        ))}
        <div className="actions start">
          <Button small icon="plus" onClick={add}>
            {t("playground.tool.add")}
          </Button>
        </div>
      </div>
    </details>
  );
}
