import { useState } from "react";
import { api } from "../../base/api.ts";
import type { Probe } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { PublicFrame } from "../../shell/public-frame.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Card } from "../../ui/page.tsx";
import { toastError } from "../../ui/toast.tsx";
import { Found } from "./found.tsx";

const look = (key: string) => api.post<Probe>("/probe", { key });

function Ask({ onFound }: { onFound: (key: string, probe: Probe) => void }) {
  const [key, setKey] = useState("");
  const sending = useSending();
  return (
    <div className="narrow">
      <Card>
        <Form
          wide
          sending={sending}
          fields={["key"]}
          submit={t("probe.submit")}
          onSubmit={async () => onFound(key, await look(key))}
        >
          <Field
            label={t("probe.key")}
            hint={t("probe.key.hint")}
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={key}
            onChange={({ target }) => setKey(target.value.trim())}
            error={sending.errorOf("key")}
            autoFocus
            required
          />
        </Form>
      </Card>
    </div>
  );
}

/** For whoever holds a key and has no account here: what it may do, what it did, what is left. */
export function ProbePage() {
  const [found, setFound] = useState<{ readonly key: string; readonly probe: Probe }>();
  const [busy, setBusy] = useState(false);
  async function again(key: string) {
    setBusy(true);
    try {
      const probe = await look(key);
      // Meanwhile another key may have been asked for.
      setFound((shown) => shown && { key, probe });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }
  const actions = found && (
    <>
      <Button icon="refresh" busy={busy} onClick={() => void again(found.key)}>
        {t("probe.refresh")}
      </Button>
      <Button icon="keys" onClick={() => setFound(undefined)}>
        {t("probe.other")}
      </Button>
    </>
  );
  return (
    <PublicFrame title={t("probe.title")} lead={t("probe.lead")} actions={actions}>
      {found ? <Found probe={found.probe} /> : <Ask onFound={(key, probe) => setFound({ key, probe })} />}
    </PublicFrame>
  );
}
