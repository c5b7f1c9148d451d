import { z } from "@hono/zod-openapi";
import type { Model, Target, Upstream } from "../../../core/model.ts";
import { PROBES } from "../../contract/models.ts";
import { UPSTREAM, UPSTREAM_DETAIL, type Upstream as UpstreamTold } from "../../contract/operator.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import { everyModel } from "../../every-model.ts";
import type { ControlDeps } from "../../operation.ts";
import type { HttpDeps } from "../deps.ts";
import { HttpError } from "../http-error.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";
import { callsView, upstreamHealth } from "../upstream-health.ts";

const area = areaOf("Operator: upstreams");

const DAY_MS = 86_400_000;
const ERRORS_MAX = 20;
/** Requests that are looked through for them. */
const LOOKED_AT = 200;
/** Models whose newest requests are looked through for attempts that another upstream made good. */
const MODELS_MAX = 10;

function targetsOf({ snapshot }: ControlDeps, id: string): { model: Model; target: Target }[] {
  return everyModel(snapshot()).flatMap((model) =>
    model.targets.filter(({ upstream }) => upstream.id === id).map((target) => ({ model, target })),
  );
}

function upstreamView(
  { control, declarations }: HttpDeps,
  { id, provider, baseUrl, protocols, apiKey }: Upstream,
): UpstreamTold {
  const targets = targetsOf(control, id);
  const cooling = targets.filter(({ target }) => control.isCooling(target)).length;
  const calls = control.recentCalls.of(id);
  return {
    id,
    provider,
    source: declarations.sourceOf("upstream", id),
    line: declarations.lineOf("upstream", id) ?? null,
    base_url: baseUrl,
    protocols: [...protocols],
    has_api_key: apiKey !== "",
    models: [...new Set(targets.map(({ model }) => model.id))],
    health: upstreamHealth(calls, cooling > 0),
    cooling,
    last_hour: callsView(calls),
  };
}

function requireUpstream({ snapshot }: ControlDeps, id: string): Upstream {
  const upstream = snapshot().upstreams.get(id);
  if (upstream) return upstream;
  throw new HttpError("not_found", `There is no upstream "${id}"; list them to see those that are.`);
}

/** Attempts at it that did not serve, of the last day; where another upstream served then, only its models name it. */
async function lastErrors(control: ControlDeps, upstream: string) {
  const { queries, clock } = control;
  const from = clock.now() - DAY_MS;
  const models = [...new Set(targetsOf(control, upstream).map(({ model }) => model.id))];
  const pages = await Promise.all([
    queries.searchRequests({ upstream, from, statusClass: 5, limit: LOOKED_AT }),
    queries.searchRequests({ upstream, from, limit: LOOKED_AT }),
    ...models.slice(0, MODELS_MAX).map((model) => queries.searchRequests({ model, from, limit: LOOKED_AT })),
  ]);
  const records = new Map(pages.flatMap(({ records }) => records.map((record) => [record.id, record])));
  const newest = [...records.values()].sort((a, b) => b.at - a.at);
  const errors = newest.flatMap(({ id, at, model, attempts }) =>
    attempts
      .filter((attempt) => attempt.upstream === upstream && attempt.outcome !== "served")
      .map(({ status, reason, startMs }) => ({
        request_id: id,
        at: new Date(at + startMs).toISOString(),
        model,
        status,
        reason: reason ?? null,
      })),
  );
  return errors.slice(0, ERRORS_MAX);
}

const PARAMS = { id: z.string().max(64) };

export const OPERATOR_UPSTREAM_ROUTES = [
  area.operator({
    method: "get",
    path: "/upstreams",
    requires: "operator:upstreams:read",
    summary: "Upstreams and how they do",
    description: "Without their credentials.",
    query: PAGE,
    answer: pageOf(UPSTREAM),
    async handle({ deps, query }) {
      await deps.control.recentCalls.ready();
      const all = [...deps.control.snapshot().upstreams.values()];
      return pageFrom(all, query, {
        id: ({ id }) => id,
        view: (upstream) => upstreamView(deps, upstream),
      });
    },
  }),
  area.operator({
    method: "get",
    path: "/upstreams/{id}",
    requires: "operator:upstreams:read",
    summary: "One upstream with its last errors",
    description: "Attempts that it did not serve, whether another upstream did or none.",
    params: PARAMS,
    answer: UPSTREAM_DETAIL,
    errors: ["not_found"],
    async handle({ deps, params }) {
      const upstream = requireUpstream(deps.control, params.id);
      await deps.control.recentCalls.ready();
      return { ...upstreamView(deps, upstream), last_errors: await lastErrors(deps.control, params.id) };
    },
  }),
  area.operator({
    method: "post",
    path: "/upstreams/{id}/test",
    requires: "operator:upstreams:write",
    summary: "Ask an upstream",
    description: "A request of a few tokens for one of its models, at the operator's cost.",
    params: PARAMS,
    body: z.strictObject({
      model: z.string().max(200).optional().describe("Absent: the first that it serves."),
    }),
    answer: PROBES,
    errors: ["not_found", "conflict"],
    audit: "upstreams.test",
    async handle({ deps: { control }, params: { id }, body, note }) {
      requireUpstream(control, id);
      const served = targetsOf(control, id);
      const wanted =
        body.model === undefined ? served[0] : served.find(({ model }) => model.id === body.model);
      if (!wanted)
        throw new HttpError("conflict", `The upstream ${id} serves no such model; give it one first.`);
      note({ target: id, after: { model: wanted.model.id } });
      const probes = await control.probeModel(wanted.model);
      return { model: wanted.model.id, targets: probes.filter(({ upstream }) => upstream === id) };
    },
  }),
];
