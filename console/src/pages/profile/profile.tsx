import { t } from "../../i18n/t.ts";
import { Page } from "../../ui/page.tsx";

export function ProfilePage() {
  return <Page title={t("person.profile")}>{null}</Page>;
}
