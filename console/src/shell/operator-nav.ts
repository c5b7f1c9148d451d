import type { NavItem } from "./sidebar.tsx";

/** The operator's pages, below /operator, in the order of the navigation. */
export const OPERATOR_NAV: readonly NavItem[] = [
  { path: "/overview", icon: "overview", text: "nav.overview" },
  { path: "/requests", icon: "live", text: "operator.traffic" },
  { path: "/accounts", icon: "building", text: "operator.accounts" },
  { path: "/users", icon: "user", text: "operator.users" },
  { path: "/models", icon: "models", text: "operator.models" },
  { path: "/upstreams", icon: "server", text: "operator.upstreams" },
  { path: "/plans", icon: "table", text: "operator.plans" },
  { path: "/codes", icon: "tag", text: "operator.codes" },
  { path: "/charges", icon: "warning", text: "operator.charges" },
  { path: "/mails", icon: "send", text: "operator.mails" },
  { path: "/audit", icon: "clock", text: "audit.title" },
  { path: "/settings", icon: "settings", text: "nav.settings" },
];
