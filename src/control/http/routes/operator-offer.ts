import { z } from "@hono/zod-openapi";
import { configView } from "../../../config/config-view.ts";
import { writeConfig } from "../../../config/config-yaml.ts";
import { LEFT_OUT } from "../../contract/declared.ts";
import { CONFIG_YAML, OPERATOR_PLAN } from "../../contract/operator.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import { planView } from "../key-plans.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Operator: what is offered");

export const OPERATOR_OFFER_ROUTES = [
  area.operator({
    method: "get",
    path: "/plans",
    requires: "operator:plans:read",
    summary: "All plans",
    description: "What keys may do, and what they pay.",
    query: PAGE,
    answer: pageOf(OPERATOR_PLAN),
    handle({ deps, query }) {
      const { declarations } = deps;
      const plans = [...deps.control.snapshot().plans.values()];
      return pageFrom(plans, query, {
        id: ({ id }) => id,
        view: (plan) => ({
          ...planView(plan, plan.id === "default"),
          source: declarations.sourceOf("plan", plan.id),
          line: declarations.lineOf("plan", plan.id) ?? null,
        }),
      });
    },
  }),
  area.operator({
    method: "get",
    path: "/config",
    requires: "operator:config:read",
    summary: "What is in force",
    description: "As `quoin config print` shows it: defaults filled in, no secret.",
    answer: z.looseObject({ left_out: LEFT_OUT }).openapi("Config"),
    handle: ({ deps: { config, declarations } }) => ({
      ...(configView(config()) as Record<string, unknown>),
      left_out: declarations.leftOut().map((one) => ({ ...one, problems: [...one.problems] })),
    }),
  }),
  area.operator({
    method: "get",
    path: "/config/yaml",
    requires: "operator:config:read",
    summary: "What is in force, as a quoin.yaml",
    description:
      "A file that gives the same configuration; what was found or filled in is written out. Secrets are variables, which are listed.",
    answer: CONFIG_YAML,
    handle({ deps }) {
      const { text, variables } = writeConfig(deps.config());
      return { text, variables: [...variables] };
    },
  }),
];
