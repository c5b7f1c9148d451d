import type { NavItem } from "./sidebar.tsx";

/** The operator's pages, below /operator, in the order of the navigation. */
export const OPERATOR_NAV: readonly NavItem[] = [];
