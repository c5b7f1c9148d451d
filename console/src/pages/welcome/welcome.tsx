import { useState } from "react";
import { t } from "../../i18n/t.ts";
import { NewOrganisation } from "../../shell/new-organisation.tsx";
import { Shell } from "../../shell/shell.tsx";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty } from "../../ui/states.tsx";

/** For people who belong to no organisation. */
export function WelcomePage() {
  const [making, setMaking] = useState(false);
  return (
    <Shell here={undefined}>
      <Page title={t("welcome.title")}>
        <Empty
          icon="members"
          title={t("welcome.head")}
          action={
            <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
              {t("switcher.new")}
            </Button>
          }
        >
          {t("welcome.text")}
        </Empty>
        {making && <NewOrganisation onClose={() => setMaking(false)} />}
      </Page>
    </Shell>
  );
}
