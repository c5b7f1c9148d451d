import { useState } from "react";
import { useLocation } from "wouter";
import { api } from "../../base/api.ts";
import type { Me } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { brandName } from "../../shell/meta.ts";
import { setMe, useSession } from "../../shell/session.ts";
import { Form, useSending } from "../../ui/form.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { toast } from "../../ui/toast.tsx";
import { Gate } from "./gate.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { SignUpForm } from "./sign-up-form.tsx";

function ClaimAs({ me, token }: { me: Me; token: string }) {
  const sending = useSending();
  const [, go] = useLocation();
  async function claim() {
    const { me: claimed } = await api.post<{ me: Me }>("/auth/claim", { token });
    setMe(claimed);
    toast(t("auth.claim.done"));
    go("/");
  }
  return (
    <Form wide sending={sending} fields={[]} submit={t("auth.claim.submit")} onSubmit={claim}>
      <p>{t("auth.claim.as", { email: me.user.email })}</p>
    </Form>
  );
}

/** The link that the first start prints, `#TOKEN`: who opens it runs this installation. */
export function ClaimPage() {
  const token = location.hash.slice(1);
  const { data: me } = useSession();
  const [way, setWay] = useState("new");
  return (
    <Gate title={t("auth.claim.title", { name: brandName() })} lead={t("auth.claim.lead")}>
      {token === "" ? (
        <p className="notice bad">{t("auth.claim.missing")}</p>
      ) : me ? (
        <ClaimAs me={me} token={token} />
      ) : (
        <Tabs
          label={t("auth.claim.ways")}
          chosen={way}
          onChoose={setWay}
          tabs={[
            { id: "new", label: t("auth.sign-up.submit") },
            { id: "known", label: t("auth.sign-in.submit") },
          ]}
        >
          {way === "new" ? <SignUpForm claim={token} /> : <SignInForm claim={token} />}
        </Tabs>
      )}
    </Gate>
  );
}
