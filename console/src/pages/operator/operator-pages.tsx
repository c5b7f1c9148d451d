import type { ComponentType } from "react";
import { Redirect, Route, Switch } from "wouter";
import { t } from "../../i18n/t.ts";
import { page } from "../../outside-routes.tsx";
import { HereContext } from "../../shell/session.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty } from "../../ui/states.tsx";
import { EVERYWHERE } from "./operator-here.ts";

const PAGES: Readonly<Record<string, ComponentType>> = {
  "/overview": page(() => import("./overview/operator-overview.tsx"), "OperatorOverviewPage"),
  "/requests/:id?": page(() => import("./requests/traffic.tsx"), "TrafficPage"),
  "/accounts": page(() => import("./accounts/accounts.tsx"), "AccountsPage"),
  "/accounts/:id/*?": page(() => import("./accounts/account.tsx"), "AccountPage"),
  "/users": page(() => import("./users/users.tsx"), "UsersPage"),
  "/models": page(() => import("./models/operator-models.tsx"), "OperatorModelsPage"),
  "/upstreams": page(() => import("./upstreams/upstreams.tsx"), "UpstreamsPage"),
  "/plans": page(() => import("./plans/plans.tsx"), "PlansPage"),
  "/codes": page(() => import("./codes/codes.tsx"), "CodesPage"),
  "/charges": page(() => import("./charges/charges.tsx"), "ChargesPage"),
  "/mails": page(() => import("./mails/mails.tsx"), "MailsPage"),
  "/audit": page(() => import("./audit/audit.tsx"), "AuditPage"),
  "/settings": page(() => import("./settings/operator-settings.tsx"), "OperatorSettingsPage"),
};

/** The pages of those who run the installation, below /operator. */
export function OperatorPages() {
  return (
    <HereContext value={EVERYWHERE}>
      <Switch>
        <Route path="/operator">
          <Redirect to="/operator/overview" replace />
        </Route>
        {Object.entries(PAGES).map(([path, Shown]) => (
          <Route key={path} path={`/operator${path}`}>
            <Shown />
          </Route>
        ))}
        <Route>
          <Page title={t("not-found.title")}>
            <Empty
              icon="search"
              title={t("not-found.head")}
              action={<ButtonLink to="/operator/overview">{t("nav.overview")}</ButtonLink>}
            >
              {t("operator.not-found")}
            </Empty>
          </Page>
        </Route>
      </Switch>
    </HereContext>
  );
}
