import { t } from "../../i18n/t.ts";
import { useMe } from "../../shell/session.ts";
import { Field } from "../../ui/field.tsx";
import type { Sending } from "../../ui/form.tsx";

interface PasswordFieldProps {
  value: string;
  onText: (text: string) => void;
  sending: Sending;
}

/** Asked for before what an open session alone must not do; people without a password have signed in a moment ago. */
export function PasswordField({ value, onText, sending }: PasswordFieldProps) {
  const { user } = useMe();
  if (!user.has_password) return null;
  return (
    <Field
      label={t("profile.password.current")}
      type="password"
      autoComplete="current-password"
      value={value}
      onChange={({ target }) => onText(target.value)}
      error={sending.errorOf("password")}
    />
  );
}
