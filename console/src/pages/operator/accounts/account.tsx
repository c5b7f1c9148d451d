import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { Link, Route, Switch, useLocation, useParams } from "wouter";
import { api } from "../../../base/api.ts";
import type { AccountEntry } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { page } from "../../../outside-routes.tsx";
import { HereContext } from "../../../shell/session.ts";
import { ButtonLink } from "../../../ui/button.tsx";
import { Empty, Loaded } from "../../../ui/states.tsx";
import { accountHome, hereOfEntry } from "../operator-here.ts";
import { AccountSummary } from "./account-summary.tsx";

/** The organisation's own pages, as its owner sees them. */
const PAGES: Readonly<Record<string, ComponentType>> = {
  "/overview": page(() => import("../../overview/overview.tsx"), "OverviewPage"),
  "/requests/:id?": page(() => import("../../requests/requests.tsx"), "RequestsPage"),
  "/keys": page(() => import("../../keys/keys.tsx"), "KeysPage"),
  "/wallet": page(() => import("../../wallet/wallet.tsx"), "WalletPage"),
  "/members": page(() => import("../../members/members.tsx"), "MembersPage"),
  "/activity": page(() => import("./account-activity.tsx"), "AccountActivityPage"),
  "/models": page(() => import("../../models/models.tsx"), "ModelsPage"),
  "/connect": page(() => import("../../connect/connect.tsx"), "ConnectPage"),
  "/playground": page(() => import("../../playground/playground.tsx"), "PlaygroundPage"),
};

const TABS = [
  ["", "operator.account.summary"],
  ["/overview", "nav.overview"],
  ["/requests", "nav.requests"],
  ["/keys", "nav.keys"],
  ["/wallet", "nav.wallet"],
  ["/members", "nav.members"],
  ["/activity", "nav.activity"],
] as const;

function AccountTabs({ account: { id, name, display_name } }: { account: AccountEntry }) {
  const [location] = useLocation();
  const home = accountHome(id);
  const rest = location.slice(home.length);
  return (
    <nav className="crumbs" aria-label={display_name || name}>
      <Link href="/operator/accounts">{t("operator.accounts")}</Link>
      <strong>{display_name || name}</strong>
      <div className="crumb-tabs">
        {TABS.map(([path, text]) => {
          const open = path === "" ? rest === "" : rest === path || rest.startsWith(`${path}/`);
          return (
            <Link key={path} href={home + path} aria-current={open ? "page" : undefined}>
              {t(text)}
            </Link>
          );
        })}
      </div>
    </nav>
  );
}

/** One account: what the operator does with it, and its own pages. */
export function AccountPage() {
  const { id = "" } = useParams<{ id: string }>();
  const account = useQuery({
    queryKey: ["operator-account", id],
    queryFn: () => api.get<AccountEntry>(`/operator/accounts/${id}`),
  });
  return (
    <Loaded query={account} lines={8}>
      {(found) => (
        <HereContext value={hereOfEntry(found)}>
          <AccountTabs account={found} />
          <Switch>
            <Route path="/operator/accounts/:id">
              <AccountSummary account={found} />
            </Route>
            {Object.entries(PAGES).map(([path, Shown]) => (
              <Route key={path} path={`/operator/accounts/:account${path}`}>
                <Shown />
              </Route>
            ))}
            <Route>
              <Empty
                icon="search"
                title={t("not-found.head")}
                action={<ButtonLink to={accountHome(id)}>{t("operator.account.summary")}</ButtonLink>}
              >
                {t("operator.not-found")}
              </Empty>
            </Route>
          </Switch>
        </HereContext>
      )}
    </Loaded>
  );
}
