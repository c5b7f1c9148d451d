import type { OperatorAuditEntry } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { ButtonLink } from "../../../ui/button.tsx";
import { Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import { ACCOUNT_ACTIONS, AuditList } from "../../audit/audit-list.tsx";
import { AccountName } from "../account-name.tsx";
import { useUserName } from "../use-user-name.ts";

/** What operators do, and what people do to themselves. */
const FURTHER_ACTIONS = [
  "accounts.change",
  "accounts.grant",
  "plans.assign",
  "plans.end",
  "codes.create",
  "codes.revoke",
  "charges.confirm",
  "charges.refund",
  "users.change",
  "settings.declare",
  "settings.remove",
  "upstreams.declare",
  "upstreams.change",
  "upstreams.remove",
  "upstreams.test",
  "models.declare",
  "models.change",
  "models.remove",
  "models.test",
  "plans.declare",
  "plans.change",
  "plans.remove",
  "brands.approve",
  "mails.retry",
  "mails.drop",
  "trial.key",
  "auth.sign_up",
  "auth.sign_in",
  "auth.sign_out",
  "auth.claim",
  "auth.verify_email",
  "auth.reset_password",
  "auth.second_factor",
  "auth.passkey",
  "me.change",
  "me.change_email",
  "me.change_phone",
  "me.change_password",
  "me.totp_on",
  "me.totp_off",
  "me.recovery_codes",
  "me.add_passkey",
  "me.remove_passkey",
  "me.remove_identity",
  "me.end_session",
  "me.end_sessions",
] as const;

/** Every write that was made here, and by whom. */
export function AuditPage() {
  return (
    <Page title={t("audit.title")} lead={t("operator.audit.lead")}>
      <AuditList<OperatorAuditEntry>
        path="/operator/audit"
        actions={[...ACCOUNT_ACTIONS, ...FURTHER_ACTIONS]}
        nameOf={useUserName()}
        filters={[
          ["account", t("operator.account")],
          ["actor", t("audit.actor"), "user:ID"],
        ]}
        columns={[
          {
            head: t("operator.account"),
            cell: ({ account_id, account_display_name: name }) =>
              account_id ? <AccountName id={account_id} name={name} /> : "–",
          },
        ]}
        empty={
          <Empty
            icon="clock"
            title={t("audit.empty")}
            action={<ButtonLink to="/operator/accounts">{t("operator.empty.action")}</ButtonLink>}
          >
            {t("audit.empty.text")}
          </Empty>
        }
      />
    </Page>
  );
}
