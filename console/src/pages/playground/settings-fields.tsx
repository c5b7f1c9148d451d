import { t } from "../../i18n/t.ts";
import { Area, Choice, Field } from "../../ui/field.tsx";
import { EFFORTS, type Wishes } from "./protocols/protocol.ts";
import { type ToolDraft, toolsOf } from "./tools.tsx";

/** What stands in the fields. */
export interface Settings {
  readonly system: string;
  readonly temperature: string;
  readonly outputTokensMax: string;
  /** Empty: the model's default. */
  readonly effort: string;
}

export const NO_SETTINGS: Settings = { system: "", temperature: "", outputTokensMax: "", effort: "" };

const numberOf = (text: string): number | undefined => {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? undefined : number;
};

export const wishesOf = (settings: Settings, drafts: readonly ToolDraft[]): Wishes => ({
  system: settings.system.trim(),
  temperature: numberOf(settings.temperature),
  outputTokensMax: numberOf(settings.outputTokensMax),
  effort: EFFORTS.find((effort) => effort === settings.effort),
  tools: toolsOf(drafts),
});

const wrong = (text: string): string | undefined =>
  text.trim() !== "" && numberOf(text) === undefined ? t("playground.number") : undefined;

interface SettingsProps {
  settings: Settings;
  onChange: (next: Settings) => void;
}

export function SettingsFields({ settings, onChange }: SettingsProps) {
  const { system, temperature, outputTokensMax, effort } = settings;
  return (
    <details className="more">
      <summary>{t("playground.settings")}</summary>
      <div className="stack">
        <Area
          label={t("playground.system")}
          value={system}
          onText={(text) => onChange({ ...settings, system: text })}
        />
        <div className="two">
          <Field
            label={t("playground.temperature")}
            inputMode="decimal"
            placeholder={t("playground.default")}
            value={temperature}
            error={wrong(temperature)}
            onChange={({ target }) => onChange({ ...settings, temperature: target.value })}
          />
          <Field
            label={t("playground.output")}
            unit={t("playground.tokens")}
            inputMode="numeric"
            placeholder={t("playground.default")}
            value={outputTokensMax}
            error={wrong(outputTokensMax)}
            onChange={({ target }) => onChange({ ...settings, outputTokensMax: target.value })}
          />
          <Choice
            label={t("playground.effort")}
            value={effort}
            onChoose={(chosen) => onChange({ ...settings, effort: chosen })}
            options={[
              ["", t("playground.default")],
              ...EFFORTS.map((one) => [one, t(`playground.effort.${one}`)] as const),
            ]}
          />
        </div>
      </div>
    </details>
  );
}
