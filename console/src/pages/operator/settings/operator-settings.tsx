import { useQuery } from "@tanstack/react-query";
import { api } from "../../../base/api.ts";
import type { ConfigYaml } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { useMeta } from "../../../shell/meta.ts";
import { CodeBlock } from "../../../ui/copy.tsx";
import { Card, Facts, Page } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { Download } from "../download.tsx";
import { BrandsCard } from "./brands.tsx";
import { DeclaredSettings } from "./declared-settings.tsx";
import { EnvironmentCard } from "./environment.tsx";

function Running() {
  const { version, brand, base_urls, regions, plans, sign_up, sign_in, payments } = useMeta();
  const ways = Object.entries(sign_in).filter(([, on]) => on);
  const yesNo = (on: boolean) => t(on ? "operator.settings.on" : "operator.settings.off");
  return (
    <Card title={t("operator.settings.running")}>
      <Facts
        facts={[
          [t("operator.settings.version"), `${brand.name} · ${version}`],
          ["Anthropic", <code key="anthropic">{base_urls.anthropic}</code>],
          ["OpenAI", <code key="openai">{base_urls.openai}</code>],
          ["Gemini", <code key="gemini">{base_urls.gemini}</code>],
          [t("operator.settings.regions"), regions.map(({ display_name }) => display_name).join(", ") || "–"],
          [t("operator.plans"), plans.map(({ id }) => id).join(", ")],
          [t("operator.settings.sign-up"), t(`operator.settings.sign-up.${sign_up.mode}`)],
          [
            t("operator.settings.sign-in"),
            ways.map(([way]) => t(`operator.settings.way.${way as "password"}`)).join(", "),
          ],
          [t("operator.settings.stripe"), yesNo(payments.stripe)],
        ]}
      />
    </Card>
  );
}

function Exported({ text, variables }: ConfigYaml) {
  return (
    <>
      {variables.length > 0 && (
        <p className="notice">
          {t("operator.settings.variables")} {variables.join(", ")}
        </p>
      )}
      <CodeBlock title="quoin.yaml" code={text} />
    </>
  );
}

/** What runs here, and the file that says so. */
export function OperatorSettingsPage() {
  const yaml = useQuery({
    queryKey: ["/operator/config/yaml"],
    queryFn: () => api.get<ConfigYaml>("/operator/config/yaml"),
  });
  return (
    <Page title={t("operator.settings")} lead={t("operator.settings.lead")}>
      <DeclaredSettings />
      <BrandsCard />
      <Running />
      <EnvironmentCard />
      <Card
        title={t("operator.settings.export")}
        lead={t("operator.settings.export.lead")}
        actions={
          yaml.data && (
            <Download text={yaml.data.text} name="quoin.yaml" label={t("operator.settings.download")} />
          )
        }
      >
        <Loaded query={yaml} lines={8}>
          {(found) => <Exported {...found} />}
        </Loaded>
      </Card>
    </Page>
  );
}
