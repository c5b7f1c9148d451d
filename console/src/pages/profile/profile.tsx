import { useState } from "react";
import { api } from "../../base/api.ts";
import type { CodeSent, Me } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { refreshMe, setMe, useMe } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Badge, Card, Page } from "../../ui/page.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { CodeForm } from "../auth/code-form.tsx";
import { PhoneStep } from "../auth/phone-step.tsx";
import { PasskeysCard } from "./passkeys.tsx";
import { PasswordCard } from "./password.tsx";
import { PasswordField } from "./password-field.tsx";
import { SessionsCard } from "./sessions.tsx";
import { TotpCard } from "./totp.tsx";

function NameCard() {
  const { user } = useMe();
  const [name, setName] = useState(user.display_name);
  const sending = useSending();
  async function save() {
    setMe(await api.patch<Me>("/me", { display_name: name }));
    toast(t("profile.saved"));
  }
  return (
    <Card title={t("profile.you")}>
      <div className="narrow">
        <Form sending={sending} fields={["display_name"]} submit={t("save")} onSubmit={save}>
          <Field
            label={t("auth.name")}
            autoComplete="name"
            value={name}
            onChange={({ target }) => setName(target.value)}
            error={sending.errorOf("display_name")}
          />
        </Form>
      </div>
    </Card>
  );
}

function EmailDialog({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [sent, setSent] = useState<CodeSent>();
  const sending = useSending();
  async function ask() {
    setSent(await api.post<CodeSent>("/me/email", { email, ...(password && { password }) }));
  }
  async function verify(code: string) {
    setMe(await api.post<Me>("/me/email/verify", { challenge: sent?.challenge, code }));
    toast(t("profile.saved"));
    onClose();
  }
  return (
    <Dialog title={t("profile.email.change")} onClose={onClose}>
      {sent ? (
        <CodeForm label={t("auth.code")} submit={t("auth.continue")} onCode={verify} />
      ) : (
        <Form
          sending={sending}
          fields={["email", "password"]}
          submit={t("auth.continue")}
          onSubmit={ask}
          onCancel={onClose}
        >
          <Field
            label={t("profile.email.new")}
            type="email"
            value={email}
            onChange={({ target }) => setEmail(target.value)}
            error={sending.errorOf("email")}
            autoFocus
          />
          <PasswordField value={password} onText={setPassword} sending={sending} />
        </Form>
      )}
    </Dialog>
  );
}

const PROVIDER_NAMES = { github: "GitHub", google: "Google" } as const;

async function unlink(provider: keyof typeof PROVIDER_NAMES): Promise<void> {
  try {
    await api.delete(`/me/identities/${provider}`);
    await refreshMe();
    toast(t("profile.saved"));
  } catch (error) {
    toastError(error);
  }
}

function ReachCard() {
  const { user } = useMe();
  const [open, setOpen] = useState<"email" | "phone">();
  const close = () => setOpen(undefined);
  return (
    <Card title={t("profile.reach")}>
      <ul className="plain rows">
        <li>
          <span className="lead-cell">
            <small>{t("auth.email")}</small>
            <span>
              {user.email} {user.email_verified && <Badge mood="good">{t("profile.verified")}</Badge>}
            </span>
          </span>
          <Button small onClick={() => setOpen("email")}>
            {t("profile.change")}
          </Button>
        </li>
        {user.identities.map((provider) => (
          <li key={provider}>
            <span className="lead-cell">
              <small>{t("profile.linked")}</small>
              <span>{PROVIDER_NAMES[provider]}</span>
            </span>
            <Button small onClick={() => void unlink(provider)}>
              {t("profile.unlink")}
            </Button>
          </li>
        ))}
        <li>
          <span className="lead-cell">
            <small>{t("auth.phone")}</small>
            <span>{user.phone ?? <span className="muted">{t("profile.phone.none")}</span>}</span>
          </span>
          <Button small onClick={() => setOpen("phone")}>
            {t(user.phone ? "profile.change" : "profile.phone.add")}
          </Button>
        </li>
      </ul>
      {open === "email" && <EmailDialog onClose={close} />}
      {open === "phone" && (
        <Dialog title={t("auth.phone.title")} onClose={close}>
          <PhoneStep<Me>
            path="/me/phone"
            onVerified={(me) => {
              setMe(me);
              close();
            }}
          />
        </Dialog>
      )}
    </Card>
  );
}

/** The person's own things, across all organisations. */
export function ProfilePage() {
  return (
    <Page title={t("person.profile")} lead={t("profile.lead")}>
      <div className="grid-2">
        <NameCard />
        <ReachCard />
      </div>
      <div className="grid-2">
        <PasswordCard />
        <TotpCard />
      </div>
      <PasskeysCard />
      <SessionsCard />
    </Page>
  );
}
