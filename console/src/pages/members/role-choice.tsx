import type { Role } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Choice } from "../../ui/field.tsx";

const ROLES: readonly Role[] = ["owner", "admin", "developer", "billing", "viewer"];
const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

interface RoleChoiceProps {
  role: Role;
  onRole: (role: Role) => void;
  error: string | undefined;
}

/** A role, with what it may do; owners are made by owners. */
export function RoleChoice({ role, onRole, error }: RoleChoiceProps) {
  const { may } = useHere();
  const offered = ROLES.filter((one) => one !== "owner" || may("owners:write"));
  return (
    <Choice
      label={t("members.role")}
      value={role}
      onChoose={(text) => isRole(text) && onRole(text)}
      options={offered.map((one) => [one, t(`role.${one}`)])}
      hint={t(`role.${role}.hint`)}
      error={error}
    />
  );
}
