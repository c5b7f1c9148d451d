import { Link, Redirect } from "wouter";
import { api } from "../../base/api.ts";
import type { SignIn } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { CodeForm } from "./code-form.tsx";
import { Gate } from "./gate.tsx";
import { useFinish } from "./use-finish.ts";

export function SecondFactorPage() {
  const finish = useFinish();
  const challenge = location.hash.slice(1);
  if (challenge === "") return <Redirect to="/sign-in" replace />;
  return (
    <Gate
      title={t("auth.second.title")}
      lead={t("auth.second.lead")}
      links={<Link href="/sign-in">{t("auth.back")}</Link>}
    >
      <CodeForm
        label={t("auth.second.code")}
        submit={t("auth.continue")}
        onCode={async (code) => finish(await api.post<SignIn>("/auth/second-factor", { challenge, code }))}
      />
    </Gate>
  );
}
