import { z } from "@hono/zod-openapi";
import { formatUsd } from "../../../core/money.ts";
import {
  CODE,
  type Code,
  MADE_CODES,
  type MadeCodes,
  NEW_CODES,
  REVOKED_CODES,
} from "../../contract/operator.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { runOperation } from "../../operations.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Operator: redemption codes");

const BATCH = z.string().max(100);
/** As many as one list of the operation holds. */
const CODES_MAX = 10_000;

export const OPERATOR_CODE_ROUTES = [
  area.operator({
    method: "get",
    path: "/codes",
    requires: "operator:codes:read",
    summary: "Redemption codes",
    description: "The newest first, without the codes themselves.",
    query: { ...PAGE, batch: BATCH.optional() },
    answer: pageOf(CODE),
    async handle({ deps, query }) {
      const asked = { batch: query.batch, limit: CODES_MAX };
      const { codes } = (await runOperation(deps.control, "codes.list", asked)) as { codes: Code[] };
      return pageFrom(codes, query, { id: ({ id }) => id, view: (code) => code });
    },
  }),
  area.operator({
    method: "post",
    path: "/codes",
    requires: "operator:codes:write",
    summary: "Make redemption codes",
    description: "All of the same amount. They are in this answer and nowhere else.",
    body: NEW_CODES,
    answer: MADE_CODES,
    status: 201,
    audit: "codes.create",
    async handle({ deps, body: { amount_nanos, count, expires_at: expires, batch }, note }) {
      const asked = { amount: formatUsd(BigInt(amount_nanos)), count, expires, batch };
      const made = (await runOperation(deps.control, "codes.create", asked)) as MadeCodes;
      note({ target: made.batch, after: { amount_nanos, count, expires_at: made.expires_at } });
      return made;
    },
  }),
  area.operator({
    method: "delete",
    path: "/codes/{id}",
    requires: "operator:codes:write",
    summary: "Void a code",
    description: "Nobody can redeem it any more.",
    params: { id: ID },
    answer: REVOKED_CODES,
    errors: ["not_found"],
    audit: "codes.revoke",
    async handle({ deps, params, note }) {
      note({ target: params.id });
      return (await runOperation(deps.control, "codes.revoke", { id: params.id })) as { revoked: number };
    },
  }),
  area.operator({
    method: "delete",
    path: "/code-batches/{batch}",
    requires: "operator:codes:write",
    summary: "Void the open codes of a batch",
    description: "Those redeemed stay as they are.",
    params: { batch: BATCH },
    answer: REVOKED_CODES,
    errors: ["not_found"],
    audit: "codes.revoke",
    async handle({ deps, params: { batch }, note }) {
      note({ target: batch });
      return (await runOperation(deps.control, "codes.revoke", { batch })) as { revoked: number };
    },
  }),
];
