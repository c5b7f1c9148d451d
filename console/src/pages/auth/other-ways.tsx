import { useState } from "react";
import { api, apiUrl } from "../../base/api.ts";
import type { SignIn } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { Button } from "../../ui/button.tsx";
import { toastError } from "../../ui/toast.tsx";
import { useFinish } from "./use-finish.ts";

const PROVIDERS = [
  ["github", "GitHub"],
  ["google", "Google"],
] as const;

function PasskeyButton() {
  const [busy, setBusy] = useState(false);
  const finish = useFinish();
  async function signIn() {
    setBusy(true);
    try {
      const { startAuthentication } = await import("@simplewebauthn/browser");
      type Options = Parameters<typeof startAuthentication>[0]["optionsJSON"];
      const asked = await api.post<{ challenge: string; options: Options }>("/auth/passkey/options");
      const response = await startAuthentication({ optionsJSON: asked.options });
      finish(await api.post<SignIn>("/auth/passkey/verify", { challenge: asked.challenge, response }));
    } catch (error) {
      // The reader closed the browser's own window: nothing went wrong.
      if (!(error instanceof Error && error.name === "NotAllowedError")) toastError(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button icon="keys" busy={busy} onClick={signIn}>
      {t("auth.passkey")}
    </Button>
  );
}

interface OtherWaysProps {
  invitation?: string;
  /** For people who are new: a passkey is made later. */
  newcomer?: boolean;
}

/** Ways in beside the password: what is switched on here, and what this browser can. */
export function OtherWays({ invitation, newcomer = false }: OtherWaysProps) {
  const { sign_in: ways } = useMeta();
  const passkeys = !newcomer && ways?.passkey !== false && "PublicKeyCredential" in window;
  const providers = PROVIDERS.filter(([id]) => ways?.[id]);
  if (!passkeys && providers.length === 0) return null;
  const start = (id: string) =>
    apiUrl(`/auth/oauth/${id}/start`, { return: "/console/", ...(invitation && { invitation }) });
  return (
    <>
      <div className="or">{t("auth.or")}</div>
      <div className="stack">
        {passkeys && <PasskeyButton />}
        {providers.map(([id, name]) => (
          <a key={id} className="button plain" href={start(id)}>
            {t("auth.with", { name })}
          </a>
        ))}
      </div>
    </>
  );
}
