import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../base/api.ts";
import type { MadeKey } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { CopyLine } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Icon } from "../../ui/icon.tsx";
import { keepForConnect } from "../connect/shown-key.ts";
import { NEW_DRAFT, newKeyOf } from "./draft.ts";
import { KEY_FIELDS, KeyFields } from "./key-fields.tsx";

/** The key itself, this once. */
export function MadeKeyShown({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  const here = useHere();
  return (
    <>
      <p className="notice warn">{t("keys.made.once")}</p>
      <CopyLine label={t("keys.made.label")} text={made.key} />
      <div className="actions">
        <Link className="button plain" href={`${here.home}/connect`} onClick={() => keepForConnect(made.key)}>
          <Icon name="connect" size={16} />
          {t("keys.made.connect")}
        </Link>
        <Button look="primary" onClick={onClose}>
          {t("dialog.done")}
        </Button>
      </div>
    </>
  );
}

/** Makes a key, then shows it. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const here = useHere();
  const [draft, setDraft] = useState(NEW_DRAFT);
  const [made, setMade] = useState<MadeKey>();
  const sending = useSending();
  async function make() {
    setMade(await api.post<MadeKey>(`${here.api}/keys`, newKeyOf(draft)));
    await queryClient.invalidateQueries({ queryKey: [`${here.api}/keys`] });
  }
  return (
    <Dialog title={made ? t("keys.made.title") : t("keys.new")} onClose={onClose}>
      {made ? (
        <MadeKeyShown made={made} onClose={onClose} />
      ) : (
        <Form
          sending={sending}
          fields={KEY_FIELDS}
          submit={t("keys.create")}
          onSubmit={make}
          onCancel={onClose}
        >
          <KeyFields draft={draft} onDraft={setDraft} sending={sending} />
        </Form>
      )}
    </Dialog>
  );
}
