import { Link, useLocation } from "wouter";
import type { AccountPermission } from "../../../src/accounts/permissions.ts";
import { type TextKey, t } from "../i18n/t.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { AccountSwitcher } from "./account-switcher.tsx";
import { Brand } from "./brand.tsx";
import { OPERATOR_NAV } from "./operator-nav.ts";
import { PersonMenu } from "./person-menu.tsx";
import { LanguageMenu, ThemeMenu } from "./preferences.tsx";
import { type Here, useMe } from "./session.ts";

export interface NavItem {
  readonly path: string;
  readonly icon: IconName;
  readonly text: TextKey;
  /** Left out for roles that may not. */
  readonly needs?: AccountPermission;
}

const CUSTOMER_NAV: readonly NavItem[] = [
  { path: "/overview", icon: "overview", text: "nav.overview", needs: "usage:read" },
  { path: "/requests", icon: "requests", text: "nav.requests", needs: "requests:read" },
  { path: "/keys", icon: "keys", text: "nav.keys", needs: "keys:read" },
  { path: "/wallet", icon: "wallet", text: "nav.wallet", needs: "wallet:read" },
];

const BUILD_NAV: readonly NavItem[] = [
  { path: "/models", icon: "models", text: "nav.models", needs: "models:read" },
  { path: "/playground", icon: "playground", text: "nav.playground", needs: "keys:write" },
  { path: "/connect", icon: "connect", text: "nav.connect" },
];

const ORGANISATION_NAV: readonly NavItem[] = [
  { path: "/members", icon: "members", text: "nav.members", needs: "members:read" },
  { path: "/activity", icon: "clock", text: "nav.activity", needs: "audit:read" },
  { path: "/settings", icon: "settings", text: "nav.settings" },
];

interface GroupProps {
  label: string;
  titled?: boolean;
  base: string;
  items: readonly NavItem[];
}

function Group({ label, titled = true, base, items }: GroupProps) {
  const [location] = useLocation();
  return (
    <nav className="nav" aria-label={label}>
      {titled && <p className="nav-title">{label}</p>}
      {items.map(({ path, icon, text }) => {
        const here = location === base + path || location.startsWith(`${base}${path}/`);
        return (
          <Link key={path} href={base + path} aria-current={here ? "page" : undefined}>
            <Icon name={icon} />
            {t(text)}
          </Link>
        );
      })}
    </nav>
  );
}

/** Where one can go: the organisation's pages, and the operator's for operators. */
export function Sidebar({ here }: { here: Here | undefined }) {
  const { user } = useMe();
  const [location] = useLocation();
  const operating = location.startsWith("/operator");
  // Where one works stands first: both lists together are longer than most windows.
  const operator = user.operator && <Group label={t("nav.operator")} base="/operator" items={OPERATOR_NAV} />;
  const shown = (items: readonly NavItem[]) => items.filter(({ needs }) => !needs || here?.may(needs));
  return (
    <div className="sidebar">
      <Brand />
      <AccountSwitcher here={here} />
      {operating && operator}
      {here && (
        <>
          <Group label={t("nav.use")} titled={user.operator} base={here.home} items={shown(CUSTOMER_NAV)} />
          <Group label={t("nav.build")} base={here.home} items={shown(BUILD_NAV)} />
          <Group label={t("nav.organisation")} base={here.home} items={shown(ORGANISATION_NAV)} />
        </>
      )}
      {!operating && operator}
      <div className="sidebar-foot">
        <PersonMenu />
        <LanguageMenu side="up" />
        <ThemeMenu side="up" />
      </div>
    </div>
  );
}
