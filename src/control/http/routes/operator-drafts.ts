import { randomUUID } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { knownModels } from "../../../config/known-models.ts";
import { MODEL_DRAFT, UPSTREAM_DRAFT } from "../../contract/declared.ts";
import { PROBES } from "../../contract/models.ts";
import { KNOWN_MODEL } from "../../contract/operator.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import { findEveryModel } from "../../every-model.ts";
import { HttpError } from "../http-error.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Operator: trying out");

const NOT_STORED =
  "Nothing is stored. Of one that is declared here already only the changes are sent, with its id.";

const idOf = ({ id }: Readonly<Record<string, unknown>>): string => (typeof id === "string" ? id : "");

export const OPERATOR_DRAFT_ROUTES = [
  area.operator({
    method: "post",
    path: "/upstreams/test",
    requires: "operator:upstreams:write",
    summary: "Ask an upstream before it is declared",
    description: `A request of a few tokens for one of its models, at the operator's cost. ${NOT_STORED}`,
    body: UPSTREAM_DRAFT,
    answer: PROBES,
    errors: ["conflict"],
    audit: "upstreams.test",
    async handle({ deps, body: { upstream, upstream_model: model }, note }) {
      const id = idOf(upstream);
      const name = `test-call-${randomUUID()}`;
      const price = { input: "0", output: "0" };
      const config = await deps.declarations.tryOut([
        // Of its id alone it is one that is in force.
        ...(Object.keys(upstream).length > 1 ? [{ kind: "upstream" as const, fields: upstream }] : []),
        { kind: "model", fields: { id: name, price, targets: [{ upstream: id, model }] } },
      ]);
      note({ target: id, after: { model } });
      const found = findEveryModel(deps.control.snapshotOf(config), name);
      return { model, targets: found ? await deps.control.probeModel(found) : [] };
    },
  }),
  area.operator({
    method: "post",
    path: "/models/test",
    requires: "operator:models:write",
    summary: "Ask each target of a model before it is declared",
    description: `A request of a few tokens to each, at the operator's cost. ${NOT_STORED}`,
    body: MODEL_DRAFT,
    answer: PROBES,
    errors: ["conflict"],
    audit: "models.test",
    async handle({ deps, body: { model }, note }) {
      const id = idOf(model);
      const config = await deps.declarations.tryOut([{ kind: "model", fields: model }]);
      note({ target: id });
      const found = findEveryModel(deps.control.snapshotOf(config), id);
      return { model: id, targets: found ? await deps.control.probeModel(found) : [] };
    },
  }),
  area.operator({
    method: "get",
    path: "/known-models",
    requires: "operator:models:read",
    summary: "Models that are publicly known, with list prices",
    description:
      "Of the vendor whose address an upstream has; of all vendors where it is not told or none's.",
    query: {
      ...PAGE,
      upstream: z.string().max(64).optional().describe("Id of an upstream."),
      q: z.string().max(200).optional().describe("A part of the id or name."),
    },
    answer: pageOf(KNOWN_MODEL),
    errors: ["not_found"],
    handle({ deps, query: { upstream: id, q = "", ...page } }) {
      const upstream = id === undefined ? undefined : deps.config().upstreams.find((one) => one.id === id);
      if (id !== undefined && !upstream)
        throw new HttpError("not_found", `There is no upstream "${id}"; list them to see those that are.`);
      return pageFrom(knownModels(upstream, q), page, {
        id: (known) => `${known.vendor} ${known.id}`,
        view: (known) => known,
      });
    },
  }),
];
