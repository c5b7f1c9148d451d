import { useState } from "react";
import { renderSVG } from "uqr";
import { api } from "../../base/api.ts";
import { t } from "../../i18n/t.ts";
import { refreshMe, useMe } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton, CopyLine } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Badge, Card } from "../../ui/page.tsx";
import { toast } from "../../ui/toast.tsx";
import { CodeForm } from "../auth/code-form.tsx";
import { PasswordField } from "./password-field.tsx";

interface Recovery {
  readonly recovery_codes: readonly string[];
}

function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <>
      <p className="notice warn">{t("totp.recovery")}</p>
      <ul className="recovery">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="actions">
        <CopyButton text={codes.join("\n")} small={false} />
        <Button look="primary" onClick={onClose}>
          {t("dialog.done")}
        </Button>
      </div>
    </>
  );
}

/** The picture lies in an image of its own, since nothing is put into the page as markup. */
function QrCode({ text }: { text: string }) {
  const source = `data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(text, { border: 1 }))}`;
  return <img className="qr" src={source} alt={t("totp.qr")} />;
}

function TurnOn({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const [begun, setBegun] = useState<{ secret: string; uri: string }>();
  const [codes, setCodes] = useState<readonly string[]>();
  const sending = useSending();
  async function begin() {
    setBegun(await api.post("/me/totp", password ? { password } : {}));
  }
  async function confirm(code: string) {
    const { recovery_codes } = await api.post<Recovery>("/me/totp/confirm", { code });
    setCodes(recovery_codes);
    await refreshMe();
  }
  return (
    <Dialog title={t("totp.turn-on")} onClose={onClose}>
      {codes ? (
        <RecoveryCodes codes={codes} onClose={onClose} />
      ) : begun ? (
        <>
          <p>{t("totp.scan")}</p>
          <QrCode text={begun.uri} />
          <CopyLine label={t("totp.secret")} text={begun.secret} />
          <CodeForm label={t("auth.second.code")} submit={t("totp.confirm")} onCode={confirm} />
        </>
      ) : (
        <Form
          sending={sending}
          fields={["password"]}
          submit={t("auth.continue")}
          onSubmit={begin}
          onCancel={onClose}
        >
          <p className="hint">{t("totp.lead")}</p>
          <PasswordField value={password} onText={setPassword} sending={sending} />
        </Form>
      )}
    </Dialog>
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const sending = useSending();
  async function off() {
    await api.post("/me/totp/off", { code, ...(password && { password }) });
    await refreshMe();
    toast(t("totp.is-off"));
    onClose();
  }
  return (
    <Dialog title={t("totp.turn-off")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["password", "code"]}
        submit={t("totp.turn-off")}
        onSubmit={off}
        onCancel={onClose}
      >
        <PasswordField value={password} onText={setPassword} sending={sending} />
        <Field
          label={t("auth.second.code")}
          autoComplete="one-time-code"
          value={code}
          onChange={({ target }) => setCode(target.value)}
          error={sending.errorOf("code")}
        />
      </Form>
    </Dialog>
  );
}

function NewCodes({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const [codes, setCodes] = useState<readonly string[]>();
  const sending = useSending();
  async function make() {
    const made = await api.post<Recovery>("/me/totp/recovery-codes", password ? { password } : {});
    setCodes(made.recovery_codes);
    await refreshMe();
  }
  return (
    <Dialog title={t("totp.new-codes")} onClose={onClose}>
      {codes ? (
        <RecoveryCodes codes={codes} onClose={onClose} />
      ) : (
        <Form
          sending={sending}
          fields={["password"]}
          submit={t("totp.new-codes")}
          onSubmit={make}
          onCancel={onClose}
        >
          <p className="hint">{t("totp.new-codes.hint")}</p>
          <PasswordField value={password} onText={setPassword} sending={sending} />
        </Form>
      )}
    </Dialog>
  );
}

const DIALOGS = { on: TurnOn, off: TurnOff, codes: NewCodes };

/** Codes of an authenticator app as the second step of signing in. */
export function TotpCard() {
  const { user } = useMe();
  const [open, setOpen] = useState<keyof typeof DIALOGS>();
  const Opened = open && DIALOGS[open];
  return (
    <Card title={t("totp.title")} lead={t("totp.hint")}>
      <div className="stack">
        <p>
          <Badge mood={user.totp ? "good" : "warn"}>{t(user.totp ? "totp.on" : "totp.off")}</Badge>{" "}
          {user.totp && t("totp.left", { count: user.recovery_codes_left })}
        </p>
        <div className="actions start">
          {user.totp ? (
            <>
              <Button onClick={() => setOpen("codes")}>{t("totp.new-codes")}</Button>
              <Button onClick={() => setOpen("off")}>{t("totp.turn-off")}</Button>
            </>
          ) : (
            <Button look="primary" icon="shield" onClick={() => setOpen("on")}>
              {t("totp.turn-on")}
            </Button>
          )}
        </div>
      </div>
      {Opened && <Opened onClose={() => setOpen(undefined)} />}
    </Card>
  );
}
