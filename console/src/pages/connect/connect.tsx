import { useState } from "react";
import { useSearchParams } from "wouter";
import { CLIENTS } from "../../../../src/control/setup/clients.ts";
import { useStore } from "../../base/store.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { useHere } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock, CopyLine } from "../../ui/copy.tsx";
import { Choice } from "../../ui/field.tsx";
import { Card, Facts, Page } from "../../ui/page.tsx";
import { NewKey } from "../keys/new-key.tsx";
import { useModels } from "../models/use-models.ts";
import { LiveLight } from "./live-light.tsx";
import { shownKeyStore } from "./shown-key.ts";
import { SNIPPETS, type Snippet } from "./snippets.ts";
import { ToolSetup } from "./tool-setup.tsx";

const TOOLS = CLIENTS.filter(({ id }) => id !== "sdk");

function SnippetShown({ snippet, secret }: { snippet: Snippet; secret: string | undefined }) {
  const { base_urls: urls, brand } = useMeta();
  const models = useModels().data ?? [];
  const usable = models.filter(({ included, endpoints }) => included && endpoints.includes("chat"));
  const [chosen, setChosen] = useState("");
  const model = chosen || usable[0]?.id || "MODEL";
  const view = { urls, variable: brand.key_variable, key: secret, model };
  const code = snippet.code(view);
  const set = `export ${brand.key_variable}=${secret ?? "YOUR_KEY"}`;
  const masked = (text: string) => (secret ? text.replaceAll(secret, `${secret.slice(0, 12)}…`) : text);
  return (
    <div className="stack">
      {usable.length > 1 && (
        <Choice
          label={t("models.model")}
          value={model}
          onChoose={setChosen}
          options={usable.map(({ id, display_name }) => [id, display_name])}
        />
      )}
      {snippet.install && <CodeBlock title={t("connect.install")} code={snippet.install} />}
      {snippet.install && <CodeBlock title={t("connect.key")} code={masked(set)} copied={set} />}
      <CodeBlock title={snippet.title} code={masked(code)} copied={code} />
    </div>
  );
}

function KeyLine({ secret }: { secret: string | undefined }) {
  const here = useHere();
  const [making, setMaking] = useState(false);
  if (secret) return <p className="notice good">{t("connect.has-key")}</p>;
  return (
    <div className="row spread notice">
      <span>{t("connect.no-key")}</span>
      {here.may("keys:write") && (
        <Button small look="primary" icon="plus" onClick={() => setMaking(true)}>
          {t("keys.new")}
        </Button>
      )}
      {making && <NewKey onClose={() => setMaking(false)} />}
    </div>
  );
}

function Addresses() {
  const { base_urls: urls } = useMeta();
  return (
    <Card title={t("connect.urls")} lead={t("connect.urls.hint")}>
      <Facts
        facts={[
          ["OpenAI", <CopyLine key="openai" label="OpenAI" text={urls.openai} />],
          ["Anthropic", <CopyLine key="anthropic" label="Anthropic" text={urls.anthropic} />],
          ["Gemini", <CopyLine key="gemini" label="Gemini" text={urls.gemini} />],
        ]}
      />
    </Card>
  );
}

interface RailProps {
  label: string;
  items: readonly { readonly id: string; readonly title: string }[];
  chosen: string;
  onChoose: (id: string) => void;
}

function Rail({ label, items, chosen, onChoose }: RailProps) {
  return (
    <nav className="rail" aria-label={label}>
      <p className="nav-title">{label}</p>
      <div className="rail-items">
        {items.map(({ id, title }) => (
          <button
            type="button"
            key={id}
            aria-current={id === chosen ? "true" : undefined}
            onClick={() => onChoose(id)}
          >
            {title}
          </button>
        ))}
      </div>
    </nav>
  );
}

/** How each agent and kit is pointed here, filled in; a light shows the first request. */
export function ConnectPage() {
  const { base_urls: urls } = useMeta();
  const [search, setSearch] = useSearchParams();
  const secret = useStore(shownKeyStore);
  const chosen = search.get("tool") ?? TOOLS[0]?.id ?? "curl";
  const choose = (tool: string) => setSearch({ tool }, { replace: true });
  const snippet = SNIPPETS.find(({ id }) => id === chosen);
  const tool = TOOLS.find(({ id }) => id === chosen);
  const origin = new URL(urls.openai).origin;
  return (
    <Page title={t("nav.connect")} lead={t("connect.lead")}>
      <LiveLight />
      <KeyLine secret={secret} />
      <div className="connect">
        <div className="rails">
          <Rail label={t("connect.tools")} items={TOOLS} chosen={chosen} onChoose={choose} />
          <Rail label={t("connect.kits")} items={SNIPPETS} chosen={chosen} onChoose={choose} />
        </div>
        <Card title={tool?.title ?? snippet?.title}>
          {tool && <ToolSetup id={tool.id} title={tool.title} origin={origin} secret={secret} />}
          {snippet && <SnippetShown snippet={snippet} secret={secret} />}
        </Card>
      </div>
      <Addresses />
    </Page>
  );
}
