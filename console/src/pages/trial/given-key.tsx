import { useState } from "react";
import { CLIENTS } from "../../../../src/control/setup/clients.ts";
import type { TrialKey } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { CodeBlock, CopyLine } from "../../ui/copy.tsx";
import { Choice } from "../../ui/field.tsx";
import { Card } from "../../ui/page.tsx";
import { SNIPPETS } from "../connect/snippets.ts";
import { ToolSetup } from "../connect/tool-setup.tsx";

const TOOLS = CLIENTS.filter(({ id }) => id !== "sdk");

function Setup({ given: { key, models } }: { given: TrialKey }) {
  const { base_urls: urls, brand } = useMeta();
  const [chosen, setChosen] = useState(TOOLS[0]?.id ?? "");
  const tool = TOOLS.find(({ id }) => id === chosen);
  const curl = SNIPPETS.find(({ id }) => id === "curl");
  const view = { urls, variable: brand.key_variable, model: models[0] ?? "MODEL" };
  return (
    <Card title={t("trial.setup")}>
      <div className="stack">
        <Choice
          label={t("trial.tool")}
          value={chosen}
          onChoose={setChosen}
          options={TOOLS.map(({ id, title }) => [id, title])}
        />
        {tool && (
          <ToolSetup
            key={tool.id}
            id={tool.id}
            title={tool.title}
            origin={new URL(urls.openai).origin}
            secret={key}
          />
        )}
        {curl && (
          <CodeBlock
            title="curl"
            code={curl.code({ ...view, key: `${key.slice(0, 12)}…` })}
            copied={curl.code({ ...view, key })}
          />
        )}
      </div>
    </Card>
  );
}

/** The key at its birth, and what to do with it. */
export function GivenKey({ given }: { given: TrialKey }) {
  const { sign_up, trial } = useMeta();
  return (
    <>
      <Card title={t("trial.key")} lead={t("trial.key.once")}>
        <CopyLine label={t("trial.key")} text={given.key} />
      </Card>
      <Setup given={given} />
      {sign_up.mode === "open" && trial?.verify !== "none" && (
        <p className="notice">
          {t("trial.sign-up")} <ButtonLink to="/sign-up">{t("auth.sign-up.link")}</ButtonLink>
        </p>
      )}
    </>
  );
}
