import { z } from "@hono/zod-openapi";
import { snakeCase } from "../../../config/config-view.ts";
import { comparePrices, type PriceLines } from "../../../core/price-lines.ts";
import { MODEL_PRICES, type ModelPrices, PRICE_DIFF, PRICE_VERSION } from "../../contract/operator.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import type { ControlDeps } from "../../operation.ts";
import { HttpError } from "../http-error.ts";
import { cursorOf, type PageAsked, pageFrom, readCursor } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Operator: what is offered");

/** Every amount under the path that leads to it. */
function flatten(value: unknown, path: string, into: Record<string, string>): void {
  if (typeof value !== "object" || value === null) {
    if (value !== undefined) into[path] = String(value);
    return;
  }
  for (const [name, inner] of Object.entries(value))
    flatten(inner, path === "" ? snakeCase(name) : `${path}.${snakeCase(name)}`, into);
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

/** Price lists that are read for one page, at most. */
const LISTS_READ_MAX = 200;

/** Versions that changed a model's amounts, the newest first. */
async function pricesOf(control: ControlDeps, model: string, { limit, cursor }: PageAsked) {
  const all = await control.prices.versions();
  const before = cursor === undefined ? undefined : Number(readCursor(cursor, /^\d{1,10}$/));
  const rows = before === undefined ? all : all.filter(({ version }) => version <= before);
  const own = async (version: number | undefined): Promise<Record<string, PriceLines>> => {
    const lines = version === undefined ? undefined : (await linesOf(control, version))[model];
    return lines ? { [model]: lines } : {};
  };
  const items: ModelPrices[] = [];
  let after = await own(rows[0]?.version);
  for (const [index, { version, since }] of rows.entries()) {
    if (items.length === limit || index === LISTS_READ_MAX)
      return { items, next_cursor: cursorOf(String(version)) };
    const earlier = await own(rows[index + 1]?.version);
    const changes = comparePrices(earlier, after);
    after = earlier;
    if (changes.length === 0) continue;
    const told = changes.map(({ kind, from = null, to = null }) => ({ kind, from, to }));
    items.push({ version, since: new Date(since).toISOString(), changes: told });
  }
  return { items, next_cursor: null };
}

const VERSION = z.coerce.number().int().min(1).max(2_000_000_000);

export const OPERATOR_PRICE_ROUTES = [
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
    path: "/models/{model}/prices",
    requires: "operator:prices:read",
    summary: "What became of a model's price",
    description: "The versions of the price list that changed an amount of it, the newest first.",
    params: { model: z.string().max(200) },
    query: PAGE,
    answer: pageOf(MODEL_PRICES),
    handle: ({ deps: { control }, params: { model }, query }) => pricesOf(control, model, query),
  }),
];
