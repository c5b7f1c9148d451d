import { z } from "@hono/zod-openapi";
import {
  ACTIVE_ACCOUNTS,
  GROUPS,
  ITEMS,
  OPERATOR_USAGE_OVER,
  USAGE_OVER,
  USAGE_QUERY,
} from "../../contract/usage.ts";
import { areaOf } from "../route.ts";
import { activeAccounts, operatorUsageOver, usageOver } from "../usage-views.ts";

const area = areaOf("Usage");

const DESCRIBED = {
  method: "get",
  path: "/usage",
  summary: "Requests, tokens, money and latencies over time",
  description: "Sums by hour or day (UTC), in groups where asked for, and over the whole time.",
} as const;

export const USAGE_ROUTES = [
  area.account({
    ...DESCRIBED,
    requires: "usage:read",
    answer: USAGE_OVER,
    query: { ...USAGE_QUERY, items: ITEMS, group_by: z.enum([...GROUPS, "none"]).default("none") },
    handle({ deps, account, query: { group_by, ...asked }, now }) {
      const groupBy = group_by === "none" ? undefined : group_by;
      return usageOver(deps.control, { accountId: account.accountId, groupBy }, asked, now);
    },
  }),
  area.operator({
    ...DESCRIBED,
    requires: "operator:requests:read",
    answer: OPERATOR_USAGE_OVER,
    query: { ...USAGE_QUERY, items: ITEMS, group_by: z.enum([...GROUPS, "account", "none"]).default("none") },
    handle({ deps, query: { group_by, ...asked }, now }) {
      const groupBy = group_by === "none" ? undefined : group_by;
      return operatorUsageOver(deps.control, { groupBy }, asked, now);
    },
  }),
  area.operator({
    method: "get",
    path: "/usage/accounts",
    requires: "operator:requests:read",
    summary: "How many accounts asked anything",
    description:
      "By hour (of 48 at most) or day (UTC), and over the whole time. All are counted, however many.",
    answer: ACTIVE_ACCOUNTS,
    query: USAGE_QUERY,
    handle: ({ deps, query, now }) => activeAccounts(deps.control, query, now),
  }),
];
