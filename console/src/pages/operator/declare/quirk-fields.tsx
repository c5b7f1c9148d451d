import { EFFORTS } from "../../../../../src/core/generation/request.ts";
import { THINKING_CONTROLS } from "../../../../../src/core/generation/traits.ts";
import { t } from "../../../i18n/t.ts";
import { DraftChecks, DraftChoice, DraftFlag, DraftText, More, type Options } from "./draft-fields.tsx";

const FLAGS = [
  "sampling",
  "temperature_or_top_p",
  "sampling_when_off",
  "media_urls",
  "schema_output",
  "system_anywhere",
  "developer_role",
  "alternation",
  "completion_tokens_field",
  "stream_usage",
  "think_tags",
  "choices",
  "freeform_tools",
  "web_search",
  "search_alone",
  "cache_marks",
  "json_schema",
] as const;
const COUNTS = ["stops_max", "tool_name_max", "call_id_max"] as const;
const MEDIA = ["image", "document", "audio", "video"] as const;

/** Names of the wire stand for themselves. */
const asWritten = (names: readonly string[]): Options => names.map((name) => [name, name]);

/** What a server or a model takes otherwise than Quoin knows. */
export function QuirkFields() {
  const none = t("declare.known");
  return (
    <More label={t("declare.quirks")} paths={[["quirks"]]}>
      <p className="hint">{t("declare.quirks.hint")}</p>
      <div className="two">
        <DraftText path={["quirks", "vendor"]} label={t("declare.quirk.vendor")} placeholder="anthropic" />
        <DraftChoice
          path={["quirks", "thinking"]}
          label={t("declare.quirk.thinking")}
          none={none}
          options={asWritten(THINKING_CONTROLS)}
        />
        <DraftChoice
          path={["quirks", "reasoning_field"]}
          label={t("declare.quirk.reasoning_field")}
          none={none}
          options={asWritten(["reasoning_content", "reasoning"])}
        />
        <DraftChoice
          path={["quirks", "replay_reasoning"]}
          label={t("declare.quirk.replay_reasoning")}
          none={none}
          options={asWritten(["required", "optional", "forbidden"])}
        />
        {COUNTS.map((name) => (
          <DraftText key={name} number path={["quirks", name]} label={t(`declare.quirk.${name}`)} />
        ))}
        {FLAGS.map((name) => (
          <DraftFlag key={name} path={["quirks", name]} label={t(`declare.quirk.${name}`)} />
        ))}
      </div>
      <DraftChecks
        path={["quirks", "efforts"]}
        label={t("declare.quirk.efforts")}
        hint={t("declare.quirk.unchosen")}
        options={asWritten(EFFORTS)}
        empty={t("declare.quirk.efforts.all")}
      />
      <DraftChecks
        path={["quirks", "media"]}
        label={t("declare.quirk.media")}
        hint={t("declare.quirk.unchosen")}
        options={asWritten(MEDIA)}
        empty={t("declare.quirk.media.none")}
      />
    </More>
  );
}
