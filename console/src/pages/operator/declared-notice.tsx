import { Link } from "wouter";
import { t } from "../../i18n/t.ts";

/** Where what is shown here is changed: the file is read again when it changes. */
export function DeclaredNotice() {
  return (
    <div className="row">
      <p className="hint">{t("operator.declared")}</p>
      <Link href="/operator/settings">{t("operator.declared.export")}</Link>
    </div>
  );
}
