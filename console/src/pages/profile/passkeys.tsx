import { useState } from "react";
import { api } from "../../base/api.ts";
import type { Passkey } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { ago, day } from "../../base/time.ts";
import { useList } from "../../base/use-list.ts";
import { t } from "../../i18n/t.ts";
import { refreshMe } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Card } from "../../ui/page.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { PasswordField } from "./password-field.tsx";

const PATH = "/me/passkeys";

async function changed(): Promise<void> {
  await Promise.all([queryClient.invalidateQueries({ queryKey: [PATH] }), refreshMe()]);
}

function AddPasskey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const sending = useSending();
  async function add() {
    const { startRegistration } = await import("@simplewebauthn/browser");
    type Options = Parameters<typeof startRegistration>[0]["optionsJSON"];
    const asked = await api.post<{ challenge: string; options: Options }>(
      `${PATH}/options`,
      password ? { password } : {},
    );
    const response = await startRegistration({ optionsJSON: asked.options });
    await api.post(PATH, { challenge: asked.challenge, name, response });
    await changed();
    toast(t("passkeys.added"));
    onClose();
  }
  return (
    <Dialog title={t("passkeys.add")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["name", "password"]}
        submit={t("passkeys.add")}
        onSubmit={add}
        onCancel={onClose}
      >
        <Field
          label={t("keys.name")}
          hint={t("passkeys.name.hint")}
          value={name}
          onChange={({ target }) => setName(target.value)}
          error={sending.errorOf("name")}
          autoFocus
        />
        <PasswordField value={password} onText={setPassword} sending={sending} />
      </Form>
    </Dialog>
  );
}

/** Signing in by the device itself. */
export function PasskeysCard() {
  const { rows } = useList<Passkey>(PATH);
  const [adding, setAdding] = useState(false);
  const able = "PublicKeyCredential" in window;
  async function remove(id: string) {
    try {
      await api.delete(`${PATH}/${id}`);
      await changed();
      toast(t("passkeys.removed"));
    } catch (error) {
      toastError(error);
    }
  }
  return (
    <Card
      title={t("passkeys.title")}
      lead={t(able ? "passkeys.lead" : "passkeys.unable")}
      actions={
        able && (
          <Button small icon="plus" onClick={() => setAdding(true)}>
            {t("passkeys.add")}
          </Button>
        )
      }
    >
      {rows && rows.length > 0 ? (
        <ul className="plain rows">
          {rows.map(({ id, name, created_at, used_at }) => (
            <li key={id}>
              <span className="lead-cell">
                <span className="strong">{name}</span>
                <small>
                  {t("passkeys.since", { day: day(created_at) })}
                  {used_at && ` · ${t("passkeys.used", { when: ago(used_at) })}`}
                </small>
              </span>
              <Button small look="quiet" onClick={() => void remove(id)}>
                {t("passkeys.remove")}
              </Button>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">{t("passkeys.none")}</p>
      )}
      {adding && <AddPasskey onClose={() => setAdding(false)} />}
    </Card>
  );
}
