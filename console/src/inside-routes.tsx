import { type ComponentType, type ReactNode, Suspense, useEffect } from "react";
import { Redirect, Route, Switch, useLocation, useSearch } from "wouter";
import type { Me } from "./base/contract.ts";
import { t } from "./i18n/t.ts";
import { page } from "./outside-routes.tsx";
import {
  HereContext,
  hereOf,
  lastAccount,
  MeContext,
  rememberAccount,
  useMe,
  useSession,
} from "./shell/session.ts";
import { Shell } from "./shell/shell.tsx";
import { useSecondCurrency } from "./shell/use-second-currency.ts";
import { Boundary } from "./ui/boundary.tsx";
import { ButtonLink } from "./ui/button.tsx";
import { Page } from "./ui/page.tsx";
import { Empty, Failed, Skeleton } from "./ui/states.tsx";

/** Pages of an organisation, below /o/NAME. */
const ORGANISATION_PAGES: Readonly<Record<string, ComponentType>> = {
  "/overview": page(() => import("./pages/overview/overview.tsx"), "OverviewPage"),
  "/requests/:id?": page(() => import("./pages/requests/requests.tsx"), "RequestsPage"),
  "/keys": page(() => import("./pages/keys/keys.tsx"), "KeysPage"),
  "/wallet": page(() => import("./pages/wallet/wallet.tsx"), "WalletPage"),
  "/models": page(() => import("./pages/models/models.tsx"), "ModelsPage"),
  "/playground": page(() => import("./pages/playground/playground.tsx"), "PlaygroundPage"),
  "/connect": page(() => import("./pages/connect/connect.tsx"), "ConnectPage"),
  "/members": page(() => import("./pages/members/members.tsx"), "MembersPage"),
  "/activity": page(() => import("./pages/audit/activity.tsx"), "ActivityPage"),
  "/settings": page(() => import("./pages/settings/settings.tsx"), "SettingsPage"),
};

const OperatorPages = page(() => import("./pages/operator/operator-pages.tsx"), "OperatorPages");
const ProfilePage = page(() => import("./pages/profile/profile.tsx"), "ProfilePage");
const PhonePage = page(() => import("./pages/auth/phone-missing.tsx"), "PhoneMissingPage");
const WelcomePage = page(() => import("./pages/welcome/welcome.tsx"), "WelcomePage");

function NotFound() {
  return (
    <Page title={t("not-found.title")}>
      <Empty
        icon="search"
        title={t("not-found.head")}
        action={<ButtonLink to="/">{t("not-found.home")}</ButtonLink>}
      >
        {t("not-found.text")}
      </Empty>
    </Page>
  );
}

/** A page that is on its way, or could not come; another address tries again. */
function Waiting({ children }: { children: ReactNode }) {
  const [location] = useLocation();
  return (
    <Boundary at={location}>
      <Suspense fallback={<Skeleton lines={8} />}>{children}</Suspense>
    </Boundary>
  );
}

function Organisation({ name }: { name: string }) {
  const account = useMe().accounts.find((one) => one.name === name);
  useEffect(() => {
    if (account) rememberAccount(account.name);
  }, [account]);
  const here = account && hereOf(account);
  useSecondCurrency(here);
  return (
    <HereContext value={here}>
      <Shell here={here}>
        <Waiting>
          <Switch>
            {here &&
              Object.entries(ORGANISATION_PAGES).map(([path, Shown]) => (
                <Route key={path} path={`/o/:name${path}`}>
                  <Shown />
                </Route>
              ))}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Waiting>
      </Shell>
    </HereContext>
  );
}

function PersonalPages() {
  const me = useMe();
  const { user } = me;
  const account = lastAccount(me);
  const here = account && hereOf(account);
  return (
    <HereContext value={here}>
      <Shell here={here}>
        <Waiting>
          <Switch>
            <Route path="/profile">
              <ProfilePage />
            </Route>
            {user.operator && (
              <Route path="/operator/*?">
                <OperatorPages />
              </Route>
            )}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Waiting>
      </Shell>
    </HereContext>
  );
}

function Home() {
  const account = lastAccount(useMe());
  return account ? <Redirect to={`/o/${account.name}/overview`} replace /> : <WelcomePage />;
}

/** From the pricing page to the plan that was chosen there, in the organisation that was open last. */
function Chosen({ plan }: { plan: string }) {
  const account = lastAccount(useMe());
  if (!account) return <WelcomePage />;
  return <Redirect to={`/o/${account.name}/wallet?plan=${encodeURIComponent(plan)}`} replace />;
}

function Inside({ me }: { me: Me }) {
  if (me.missing.includes("phone")) return <PhonePage />;
  return (
    <MeContext value={me}>
      <Switch>
        <Route path="/">
          <Home />
        </Route>
        <Route path="/choose/:plan">{({ plan }) => <Chosen plan={plan} />}</Route>
        <Route path="/o/:name/*?">{({ name }) => <Organisation key={name} name={name} />}</Route>
        <Route>
          <PersonalPages />
        </Route>
      </Switch>
    </MeContext>
  );
}

/** Everything for people who are signed in; others are asked to, and come back. */
export function InsideRoutes() {
  const session = useSession();
  const [location] = useLocation();
  const search = useSearch();
  if (session.data) return <Inside me={session.data} />;
  if (session.data === null) {
    const next = search === "" ? location : `${location}?${search}`;
    return <Redirect to={next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`} replace />;
  }
  if (!session.error) return null;
  return (
    <main className="main">
      <Failed error={session.error} onRetry={() => void session.refetch()} />
    </main>
  );
}
