import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { api } from "../../base/api.ts";
import type { Me, Role } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { brandName } from "../../shell/meta.ts";
import { setMe, signOut, useSession } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Gate } from "./gate.tsx";
import { OtherWays } from "./other-ways.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { SignUpForm } from "./sign-up-form.tsx";

interface Invitation {
  readonly email: string;
  readonly role: Role;
  readonly account: { readonly display_name: string } | null;
  readonly expires_at: string;
  readonly known: boolean;
}

function Accept({ me, token, invitation }: { me: Me; token: string; invitation: Invitation }) {
  const sending = useSending();
  const [, go] = useLocation();
  const same = me.user.email.toLowerCase() === invitation.email.toLowerCase();
  async function accept() {
    setMe(await api.post<Me>("/invitations/accept", { token }));
    go("/");
  }
  if (!same) {
    return (
      <>
        <p className="notice warn">
          {t("auth.invitation.other", { mine: me.user.email, theirs: invitation.email })}
        </p>
        <Button onClick={() => void signOut()}>{t("person.sign-out")}</Button>
      </>
    );
  }
  return (
    <Form wide sending={sending} fields={[]} submit={t("auth.invitation.accept")} onSubmit={accept}>
      <p>{t("auth.invitation.as", { email: me.user.email })}</p>
    </Form>
  );
}

function Steps({ invitation, token }: { invitation: Invitation; token: string }) {
  const { data: me } = useSession();
  const organisation = invitation.account?.display_name ?? brandName();
  return (
    <>
      <p>{t("auth.invitation.to", { organisation, role: t(`role.${invitation.role}`) })}</p>
      {me ? (
        <Accept me={me} token={token} invitation={invitation} />
      ) : invitation.known ? (
        <SignInForm email={invitation.email} next={`/invitation#${token}`} />
      ) : (
        <>
          <SignUpForm email={invitation.email} invitation={token} />
          <OtherWays newcomer invitation={token} />
        </>
      )}
    </>
  );
}

/** From the link in the mail: `#TOKEN`. */
export function InvitationPage() {
  const token = location.hash.slice(1);
  const look = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.post<Invitation>("/auth/invitation/look", { token }),
    enabled: token !== "",
  });
  return (
    <Gate title={t("auth.invitation.title")}>
      {token === "" ? (
        <p className="notice bad">{t("auth.link.incomplete")}</p>
      ) : (
        <Loaded query={look}>{(invitation) => <Steps invitation={invitation} token={token} />}</Loaded>
      )}
    </Gate>
  );
}
