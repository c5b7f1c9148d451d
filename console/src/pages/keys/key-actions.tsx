import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../base/api.ts";
import type { Key, MadeKey } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { t } from "../../i18n/t.ts";
import { useHere, useMe } from "../../shell/session.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { toast } from "../../ui/toast.tsx";
import { changeOf, draftOf } from "./draft.ts";
import { KEY_FIELDS, KeyFields } from "./key-fields.tsx";
import { MadeKeyShown } from "./new-key.tsx";

interface ActionProps {
  entry: Key;
  onClose: () => void;
}

function useChanged() {
  const here = useHere();
  const path = `${here.api}/keys`;
  return { path, changed: () => queryClient.invalidateQueries({ queryKey: [path] }) };
}

function EditKey({ entry, onClose }: ActionProps) {
  const { path, changed } = useChanged();
  const [draft, setDraft] = useState(() => draftOf(entry));
  const sending = useSending();
  async function save() {
    await api.patch(`${path}/${entry.id}`, changeOf(draft, entry));
    await changed();
    toast(t("keys.saved"));
    onClose();
  }
  return (
    <Dialog title={t("keys.edit")} onClose={onClose}>
      <Form sending={sending} fields={KEY_FIELDS} submit={t("save")} onSubmit={save} onCancel={onClose}>
        <KeyFields born draft={draft} onDraft={setDraft} sending={sending} />
      </Form>
    </Dialog>
  );
}

const OVERLAPS = ["0", "3600", "86400", "604800"] as const;

function RotateKey({ entry, onClose }: ActionProps) {
  const { path, changed } = useChanged();
  const [overlap, setOverlap] = useState<string>("86400");
  const [made, setMade] = useState<MadeKey>();
  const sending = useSending();
  async function rotate() {
    setMade(await api.post<MadeKey>(`${path}/${entry.id}/rotate`, { overlap_seconds: Number(overlap) }));
    await changed();
  }
  return (
    <Dialog title={made ? t("keys.made.title") : t("keys.rotate")} onClose={onClose}>
      {made ? (
        <MadeKeyShown made={made} onClose={onClose} />
      ) : (
        <Form sending={sending} fields={[]} submit={t("keys.rotate")} onSubmit={rotate} onCancel={onClose}>
          <p className="hint">{t("keys.rotate.hint")}</p>
          <Choice
            label={t("keys.rotate.overlap")}
            value={overlap}
            onChoose={setOverlap}
            options={OVERLAPS.map((seconds) => [seconds, t(`keys.overlap.${seconds}`)])}
          />
        </Form>
      )}
    </Dialog>
  );
}

function RevokeKey({ entry, onClose }: ActionProps) {
  const { path, changed } = useChanged();
  async function revoke() {
    await api.delete(`${path}/${entry.id}`);
    await changed();
    toast(t("keys.revoked"));
  }
  return (
    <Confirm title={t("keys.revoke.title")} action={t("keys.revoke")} onConfirm={revoke} onClose={onClose}>
      <p>
        <strong>{entry.name || entry.hint}</strong>
      </p>
      <p>{t("keys.revoke.text")}</p>
    </Confirm>
  );
}

const DIALOGS = { edit: EditKey, rotate: RotateKey, revoke: RevokeKey };

/** What can be done with one key. */
export function KeyActions({ entry }: { entry: Key }) {
  const here = useHere();
  const [open, setOpen] = useState<keyof typeof DIALOGS>();
  const Opened = open && DIALOGS[open];
  const { user } = useMe();
  const mayChange = here.may("keys:manage") || (here.may("keys:write") && entry.user_id === user.id);
  const alive = entry.state === "active" && mayChange;
  const name = entry.name || entry.hint;
  return (
    <>
      <Menu side="end" label={t("keys.actions", { name })} face={<Icon name="more" size={18} />}>
        <Link href={`${here.home}/requests?key_id=${entry.id}`}>
          <Icon name="requests" size={16} />
          {t("keys.see-requests")}
        </Link>
        {alive && (
          <>
            <button type="button" onClick={() => setOpen("edit")}>
              <Icon name="settings" size={16} />
              {t("keys.edit")}
            </button>
            <button type="button" onClick={() => setOpen("rotate")}>
              <Icon name="refresh" size={16} />
              {t("keys.rotate")}
            </button>
            <hr />
            <button type="button" className="danger" onClick={() => setOpen("revoke")}>
              <Icon name="trash" size={16} />
              {t("keys.revoke")}
            </button>
          </>
        )}
      </Menu>
      {Opened && <Opened entry={entry} onClose={() => setOpen(undefined)} />}
    </>
  );
}
