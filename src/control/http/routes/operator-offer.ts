import { z } from "@hono/zod-openapi";
import { configView } from "../../../config/config-view.ts";
import { writeConfig } from "../../../config/config-yaml.ts";
import { comparePrices, type PriceLines } from "../../../core/price-lines.ts";
import { LEFT_OUT } from "../../contract/declared.ts";
import { CONFIG_YAML, OPERATOR_PLAN, PRICE_DIFF, PRICE_VERSION } from "../../contract/operator.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import type { ControlDeps } from "../../operation.ts";
import { HttpError } from "../http-error.ts";
import { planView } from "../key-plans.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Operator: what is offered");

/** Every amount under the path that leads to it. */
function flatten(value: unknown, path: string, into: Record<string, string>): void {
  if (typeof value !== "object" || value === null) {
    if (value !== undefined) into[path] = String(value);
    return;
  }
  for (const [name, inner] of Object.entries(value))
    flatten(inner, path === "" ? name : `${path}.${name}`, into);
}

const ROWS = z.array(
  z.looseObject({ id: z.string().optional(), plan: z.string().optional(), account: z.string().optional() }),
);

/** The amounts of a version by model, by `plan …` and by `account …`. @throws HttpError */
async function linesOf({ prices }: ControlDeps, version: number): Promise<Record<string, PriceLines>> {
  const content = await prices.content(version);
  if (content === undefined)
    throw new HttpError(
      "not_found",
      `There is no version ${version} of the price list; list them to see those that are.`,
    );
  const rows = ROWS.parse(JSON.parse(content));
  return Object.fromEntries(
    rows.map(({ id, plan, account, ...amounts }) => {
      const lines: Record<string, string> = {};
      flatten(amounts.price ?? amounts, "", lines);
      return [id ?? (plan === undefined ? `account ${account}` : `plan ${plan}`), lines];
    }),
  );
}

const VERSION = z.coerce.number().int().min(1).max(2_000_000_000);

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
        }),
      });
    },
  }),
  area.operator({
    method: "get",
    path: "/prices/versions",
    requires: "operator:prices:read",
    summary: "Versions of the price list",
    description: "The newest first. Each charge and each receipt names the one it was made by.",
    query: PAGE,
    answer: pageOf(PRICE_VERSION),
    async handle({ deps: { control }, query }) {
      const { priceVersion } = control.snapshot();
      return pageFrom(await control.prices.versions(), query, {
        id: ({ version }) => String(version),
        view: ({ version, since }) => ({
          version,
          since: new Date(since).toISOString(),
          in_force: version === priceVersion,
        }),
      });
    },
  }),
  area.operator({
    method: "get",
    path: "/prices/diff",
    requires: "operator:prices:read",
    summary: "What differs between two price lists",
    description: "Amounts in nanos of USD, for a million where the kind is counted in tokens.",
    query: { from: VERSION, to: VERSION },
    answer: PRICE_DIFF,
    errors: ["not_found"],
    async handle({ deps: { control }, query: { from, to } }) {
      const changes = comparePrices(await linesOf(control, from), await linesOf(control, to));
      return {
        from,
        to,
        changes: changes.map((change) => ({ ...change, from: change.from ?? null, to: change.to ?? null })),
      };
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
