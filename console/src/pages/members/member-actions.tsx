import { useState } from "react";
import { useLocation } from "wouter";
import { api } from "../../base/api.ts";
import type { Member } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { dollarsOf } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { refreshMe, useHere, useMe } from "../../shell/session.ts";
import { amountIn } from "../../ui/amount-field.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { toast } from "../../ui/toast.tsx";
import { RoleChoice } from "./role-choice.tsx";

interface ActionProps {
  member: Member;
  onClose: () => void;
}

function useChanged() {
  const here = useHere();
  const path = `${here.api}/members`;
  return { path, changed: () => queryClient.invalidateQueries({ queryKey: [path] }) };
}

function capOf(text: string): string | null {
  return text.trim() === "" ? null : amountIn(text, "monthly_cap_nanos").toString();
}

function EditMember({ member, onClose }: ActionProps) {
  const { path, changed } = useChanged();
  const [role, setRole] = useState(member.role);
  const before = member.monthly_cap_nanos === null ? "" : dollarsOf(BigInt(member.monthly_cap_nanos));
  const [cap, setCap] = useState(before);
  const sending = useSending();
  async function save() {
    await api.patch(`${path}/${member.user_id}`, {
      ...(role !== member.role && { role }),
      ...(cap !== before && { monthly_cap_nanos: capOf(cap) }),
    });
    await Promise.all([changed(), refreshMe()]);
    toast(t("members.saved"));
    onClose();
  }
  return (
    <Dialog title={member.display_name || member.email} onClose={onClose}>
      <Form
        sending={sending}
        fields={["role", "monthly_cap_nanos"]}
        submit={t("save")}
        onSubmit={save}
        onCancel={onClose}
      >
        <RoleChoice role={role} onRole={setRole} error={sending.errorOf("role")} />
        <Field
          label={t("members.cap")}
          unit={t("members.cap.unit")}
          inputMode="decimal"
          placeholder={t("members.cap.none")}
          value={cap}
          onChange={({ target }) => setCap(target.value)}
          hint={t("members.cap.hint")}
          error={sending.errorOf("monthly_cap_nanos")}
        />
      </Form>
    </Dialog>
  );
}

function RemoveMember({ member, onClose }: ActionProps) {
  const { path, changed } = useChanged();
  async function remove() {
    await api.delete(`${path}/${member.user_id}`);
    await changed();
    toast(t("members.removed"));
  }
  return (
    <Confirm
      title={t("members.remove.title")}
      action={t("members.remove")}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t("members.remove.text", { name: member.display_name || member.email })}</p>
    </Confirm>
  );
}

function Leave({ onClose }: ActionProps) {
  const here = useHere();
  const [, go] = useLocation();
  async function leave() {
    await api.post(`${here.api}/leave`);
    await refreshMe();
    go("/");
  }
  return (
    <Confirm title={t("members.leave.title")} action={t("members.leave")} onConfirm={leave} onClose={onClose}>
      <p>{t("members.leave.text", { name: here.display_name })}</p>
    </Confirm>
  );
}

const DIALOGS = { edit: EditMember, remove: RemoveMember, leave: Leave };

/** What can be done with one member, by the reader's role. */
export function MemberActions({ member }: { member: Member }) {
  const { may } = useHere();
  const { user } = useMe();
  const [open, setOpen] = useState<keyof typeof DIALOGS>();
  const mine = member.user_id === user.id;
  const change = may(member.role === "owner" ? "owners:write" : "members:write");
  if (!mine && !change) return null;
  const Opened = open && DIALOGS[open];
  return (
    <>
      <Menu
        side="end"
        label={t("keys.actions", { name: member.display_name || member.email })}
        face={<Icon name="more" size={18} />}
      >
        {change && (
          <button type="button" onClick={() => setOpen("edit")}>
            <Icon name="settings" size={16} />
            {t("members.edit")}
          </button>
        )}
        <button type="button" className="danger" onClick={() => setOpen(mine ? "leave" : "remove")}>
          <Icon name="exit" size={16} />
          {t(mine ? "members.leave" : "members.remove")}
        </button>
      </Menu>
      {Opened && <Opened member={member} onClose={() => setOpen(undefined)} />}
    </>
  );
}
