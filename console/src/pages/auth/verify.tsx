import { useState } from "react";
import { Link, Redirect } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { api } from "../../base/api.ts";
import type { CodeSent, SignIn } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { CodeForm } from "./code-form.tsx";
import { Gate } from "./gate.tsx";
import { useFinish, type VerifyState } from "./use-finish.ts";

const RESEND_AFTER_S = 60;

/** `#CHALLENGE` after a sign-up, `#CHALLENGE.CODE` from the link in the mail. */
function partsOfHash(): readonly [challenge: string, code: string | undefined] {
  const [challenge = "", code] = location.hash.slice(1).split(".");
  return [challenge, code];
}

export function VerifyPage() {
  const finish = useFinish();
  const sent = useHistoryState<VerifyState | null>();
  const [first, mailed] = partsOfHash();
  const [challenge, setChallenge] = useState(first);

  const verify = async (code: string) =>
    finish(await api.post<SignIn>("/auth/email/verify", { challenge, code }));

  async function resend() {
    const again = await api.post<CodeSent>("/auth/email/resend", { challenge });
    setChallenge(again.challenge);
    return again;
  }
  if (challenge === "") return <Redirect to="/sign-in" replace />;
  return (
    <Gate
      title={t("auth.verify.title")}
      lead={sent ? t("auth.verify.lead", { email: sent.email }) : t("auth.verify.lead.plain")}
      links={<Link href="/sign-in">{t("auth.back")}</Link>}
    >
      <CodeForm
        label={t("auth.code")}
        submit={t("auth.continue")}
        filledIn={mailed}
        onCode={verify}
        resend={{ afterS: sent?.resendAfterS ?? RESEND_AFTER_S, send: resend }}
      />
    </Gate>
  );
}
