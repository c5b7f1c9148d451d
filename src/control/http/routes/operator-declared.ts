import { z } from "@hono/zod-openapi";
import type { OperatorPermission } from "../../../accounts/permissions.ts";
import { DECLARED_KINDS, type ListedKind } from "../../../config/declared.ts";
import { DECLARATION, DECLARED, DECLARED_CHANGE, NEW_DECLARED } from "../../contract/declared.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import { actorOf } from "../actor.ts";
import { declarationView, declaredView, noted, WHERE } from "../declared-views.ts";
import { pageFrom } from "../page.ts";
import { areaOf, type Route } from "../route.ts";

const area = areaOf("Operator: what is declared");

const ID = { id: z.string().max(200) };

/** How things of one kind are declared, changed and removed. */
function routesOf(kind: ListedKind, requires: OperatorPermission): Route[] {
  const list = `${kind}s`;
  return [
    area.operator({
      method: "post",
      path: `/${list}`,
      requires,
      summary: `Declare a ${kind}`,
      description: `The fields of quoin.yaml's \`${list}\`; amounts of money are decimal strings of USD. ${WHERE}`,
      body: NEW_DECLARED[kind],
      answer: DECLARED,
      status: 201,
      errors: ["conflict"],
      audit: `${list}.declare`,
      async handle({ deps, caller, body, note }) {
        const made = await deps.declarations.create(kind, body, actorOf(caller));
        note({ target: made.id, after: noted(made) });
        return declaredView(made);
      },
    }),
    area.operator({
      method: "patch",
      path: `/${list}/{id}`,
      requires,
      summary: `Change a ${kind}`,
      description: `Of those declared here. Each field replaces that of before; null removes it. ${WHERE}`,
      params: ID,
      body: DECLARED_CHANGE[kind],
      answer: DECLARED,
      errors: ["not_found", "conflict"],
      audit: `${list}.change`,
      async handle({ deps, caller, params: { id }, body, note }) {
        const { before, after } = await deps.declarations.change(kind, id, body, actorOf(caller));
        note({ target: id, before: noted(before), after: noted(after) });
        return declaredView(after);
      },
    }),
    area.operator({
      method: "delete",
      path: `/${list}/{id}`,
      requires,
      summary: `Remove a ${kind}`,
      description: `Of those declared here, once nothing needs it. ${WHERE}`,
      params: ID,
      answer: DECLARED,
      errors: ["not_found", "conflict"],
      audit: `${list}.remove`,
      async handle({ deps, params: { id }, note }) {
        const removed = await deps.declarations.remove(kind, id);
        note({ target: id, before: noted(removed) });
        return declaredView(removed);
      },
    }),
  ];
}

export const OPERATOR_DECLARED_ROUTES = [
  area.operator({
    method: "get",
    path: "/declared",
    requires: "operator:config:read",
    summary: "What was declared here",
    description:
      "Upstreams, models and plans that are not quoin.yaml's, those that cannot be in force among them.",
    query: PAGE,
    answer: pageOf(DECLARED),
    handle: ({ deps, query }) =>
      pageFrom(deps.declarations.views().toReversed(), query, {
        id: ({ kind, id }) => `${kind} ${id}`,
        view: declaredView,
      }),
  }),
  area.operator({
    method: "get",
    path: "/declared/{kind}/{id}",
    requires: "operator:config:read",
    summary: "One declaration",
    description: "Whoever declared it: here, in quoin.yaml, or nobody. A slash in an id is written %2F.",
    params: { kind: z.enum(DECLARED_KINDS), ...ID },
    answer: DECLARATION,
    errors: ["not_found"],
    handle: ({ deps, params: { kind, id } }) => declarationView(deps, kind, id),
  }),
  ...routesOf("upstream", "operator:upstreams:write"),
  ...routesOf("model", "operator:models:write"),
  ...routesOf("plan", "operator:plans:write"),
];
