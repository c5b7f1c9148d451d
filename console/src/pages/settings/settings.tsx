import { useState } from "react";
import { api } from "../../base/api.ts";
import { t } from "../../i18n/t.ts";
import { refreshMe, useHere } from "../../shell/session.ts";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Card, Facts, Page } from "../../ui/page.tsx";
import { toast } from "../../ui/toast.tsx";
import { BrandCard } from "./brand.tsx";
import { CurrencyCard } from "./currency.tsx";
import { PromptsCard } from "./prompts.tsx";
import { TokensCard } from "./tokens.tsx";

function NameCard() {
  const here = useHere();
  const [name, setName] = useState(here.display_name);
  const sending = useSending();
  async function rename() {
    await api.patch(here.api, { display_name: name });
    await refreshMe();
    toast(t("settings.renamed"));
  }
  if (!here.may("account:write")) return <p className="muted">{here.display_name}</p>;
  return (
    <div className="narrow">
      <Form sending={sending} fields={["display_name"]} submit={t("save")} onSubmit={rename}>
        <Field
          label={t("organisation.name")}
          value={name}
          onChange={({ target }) => setName(target.value)}
          error={sending.errorOf("display_name")}
        />
      </Form>
    </div>
  );
}

/** What belongs to the organisation as a whole. */
export function SettingsPage() {
  const here = useHere();
  return (
    <Page title={t("nav.settings")} lead={t("settings.lead", { name: here.display_name })}>
      <Card title={t("settings.organisation")}>
        <div className="stack">
          <NameCard />
          <Facts
            facts={[
              [t("settings.account"), <code key="name">{here.name}</code>],
              [t("settings.id"), <code key="id">{here.id}</code>],
              [t("settings.role"), t(`role.${here.role}`)],
            ]}
          />
        </div>
      </Card>
      {here.may("account:write") && <BrandCard />}
      {here.may("wallet:write") && <CurrencyCard />}
      {here.may("account:write") && <PromptsCard />}
      {here.may("tokens:read") && <TokensCard />}
    </Page>
  );
}
