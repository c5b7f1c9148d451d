import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { CLIENTS } from "../../../../src/control/setup/clients.ts";
import { api } from "../../base/api.ts";
import type { Pricing } from "../../base/contract.ts";
import { count } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { docsPath, PublicFrame } from "../../shell/public-frame.tsx";
import { ButtonLink } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/copy.tsx";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { Card } from "../../ui/page.tsx";
import { Segments } from "../../ui/tabs.tsx";
import { SNIPPETS } from "../connect/snippets.ts";

const KITS = ["curl", "openai-python", "anthropic-python", "openai-typescript"] as const;

/** What is sold, where everybody may know it. */
function useOffer(): Pricing | undefined {
  const { catalogue } = useMeta();
  const { data } = useQuery({
    queryKey: ["pricing"],
    queryFn: () => api.get<Pricing>("/pricing"),
    enabled: catalogue === "everybody",
  });
  return data;
}

function Begin() {
  const { sign_up, trial } = useMeta();
  return (
    <div className="row">
      {sign_up.mode === "open" ? (
        <ButtonLink look="primary" to="/sign-up">
          {t("auth.sign-up.link")}
        </ButtonLink>
      ) : (
        <ButtonLink look="primary" to="/sign-in">
          {t("auth.sign-in.link")}
        </ButtonLink>
      )}
      {trial && (
        <a className="button plain" href={trial.path}>
          {t("trial.get")}
        </a>
      )}
    </div>
  );
}

/** The whole change that a program needs, ready to be copied. */
function Example({ models }: { models: Pricing["models"] }) {
  const { base_urls: urls, brand } = useMeta();
  const [kit, setKit] = useState<string>(KITS[0]);
  const shown = SNIPPETS.filter(({ id }) => KITS.some((one) => one === id));
  const snippet = shown.find(({ id }) => id === kit) ?? shown[0];
  const model = models.find(({ endpoints }) => endpoints.includes("chat"))?.id ?? "MODEL";
  const view = { urls, variable: brand.key_variable, key: `$${brand.key_variable}`, model };
  return (
    <Card title={t("home.example")} lead={t("home.example.lead")}>
      <div className="stack">
        <Segments
          label={t("home.example")}
          options={shown.map(({ id, title }) => [id, title])}
          chosen={kit}
          onChoose={setKit}
        />
        {snippet && <CodeBlock title={snippet.title} code={snippet.code(view)} />}
      </div>
    </Card>
  );
}

interface ReasonProps {
  icon: IconName;
  title: string;
  text: string;
  href: string;
  more: string;
}

function Reason({ icon, title, text, href, more }: ReasonProps) {
  return (
    <Card>
      <div className="reason">
        <span className="empty-mark">
          <Icon name={icon} size={24} />
        </span>
        <h2>{title}</h2>
        <p>{text}</p>
        {href.startsWith("/docs") ? <a href={href}>{more}</a> : <Link href={href}>{more}</Link>}
      </div>
    </Card>
  );
}

/** What the service is, and how to begin: for people who come to its address with a browser. */
export function HomePage() {
  const { brand } = useMeta();
  const models = useOffer()?.models ?? [];
  const tools = CLIENTS.filter(({ id }) => id !== "sdk").map(({ title }) => title);
  return (
    <PublicFrame title={t("home.title", { name: brand.name })} lead={t("home.lead")}>
      <Begin />
      <Example models={models} />
      <section className="reasons" aria-label={t("home.reasons")}>
        <Reason
          icon="models"
          title={
            models.length > 1 ? t("home.models", { models: count(models.length) }) : t("home.models.any")
          }
          text={t("home.models.text")}
          href="/pricing"
          more={t("home.models.more")}
        />
        <Reason
          icon="connect"
          title={t("home.tools")}
          text={t("home.tools.text", { tools: tools.slice(0, 3).join(", "), others: tools.length - 3 })}
          href={docsPath("clients/setup")}
          more={t("home.tools.more")}
        />
        <Reason
          icon="wallet"
          title={t("home.charges")}
          text={t("home.charges.text")}
          href={docsPath("clients/billing")}
          more={t("home.charges.more")}
        />
      </section>
    </PublicFrame>
  );
}
