import { z } from "@hono/zod-openapi";
import type { DecidedCharge } from "../../charge-operations.ts";
import { DOUBTED_CHARGE } from "../../contract/charges.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { doubtedChargeView } from "../../doubted-charge-view.ts";
import { decisionRoute } from "../decision-route.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Operator: charges");

/** As many as one list shows; an upstream that counts wrongly leaves more of the same. */
const CHARGES_MAX = 1_000;

const DECISION = {
  method: "post",
  requires: "operator:charges:write",
  id: ID.describe("Of the request."),
  noteOf: ({ id, account_id, amount_nanos }: DecidedCharge) => ({
    ...{ target: id, accountId: account_id, after: { amount_nanos } },
  }),
} as const;

export const OPERATOR_CHARGE_ROUTES = [
  area.operator({
    method: "get",
    path: "/charges/doubted",
    requires: "operator:charges:read",
    summary: "Charges that wait for your word",
    description:
      "Those made by Quoin's own count, because the upstream's report of usage cannot be true; the oldest first, at most 1,000. They count like any other until one of the two below is called.",
    query: PAGE,
    answer: pageOf(DOUBTED_CHARGE),
    async handle({ deps: { control }, query }) {
      await control.flush();
      const page = pageFrom(await control.quarantine.list(CHARGES_MAX), query, {
        id: ({ requestId }) => requestId,
        view: (charge) => doubtedChargeView(control, charge),
      });
      return { ...page, items: await Promise.all(page.items) };
    },
  }),
  area.operator({
    method: "get",
    path: "/charges/doubted/count",
    requires: "operator:charges:read",
    summary: "How many charges wait for your word",
    description: "All of them, however many.",
    answer: z.strictObject({ count: z.number().int() }).openapi("DoubtedCount"),
    async handle({ deps: { control } }) {
      await control.flush();
      return { count: await control.quarantine.count() };
    },
  }),
  decisionRoute(area, {
    ...DECISION,
    path: "/charges/{id}/confirm",
    summary: "Let a doubted charge stand",
    description: "It is a charge like any other from then on.",
    audit: "charges.confirm",
  }),
  decisionRoute(area, {
    ...DECISION,
    path: "/charges/{id}/refund",
    summary: "Pay a doubted charge back",
    description: "In full, once, as money that ends when what paid it would have ended.",
    audit: "charges.refund",
  }),
];
