import type { Caller } from "../../accounts/caller.ts";
import { snakeCase } from "../../config/config-view.ts";
import type { ModelConfig } from "../../config/types.ts";
import { formatRate } from "../../core/currency.ts";
import { MEDIA_KINDS } from "../../core/generation/request.ts";
import type { Model, Target } from "../../core/model.ts";
import type { Nanos } from "../../core/money.ts";
import { type DatedPrice, PPM_OF_ONE, type Price, type Rates } from "../../core/price.ts";
import type { Model as ModelTold, OperatorModel, Price as PriceTold } from "../contract/models.ts";
import type { ControlDeps } from "../operation.ts";
import type { HttpDeps } from "./deps.ts";
import { HttpError } from "./http-error.ts";
import { callsView, isIll, upstreamHealth } from "./upstream-health.ts";
import { iso } from "./views.ts";

function ratesView(rates: Rates): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rates).map(([kind, nanos]) => [snakeCase(kind), nanos.toString()]),
  );
}

const withRequest = ({ rates, perRequest }: { readonly rates: Rates; readonly perRequest: Nanos }) => ({
  ...ratesView(rates),
  request: perRequest.toString(),
});

function priceView({ base, periods }: DatedPrice, ppm: bigint = PPM_OF_ONE): PriceTold {
  return {
    rates: withRequest(base),
    tiers: base.tiers.map(({ aboveInputTokens, rates }) => ({
      above_input_tokens: aboveInputTokens,
      rates: ratesView(rates),
    })),
    periods: periods.map(
      ({ fromMs, untilMs, price }: { fromMs: number; untilMs: number | undefined; price: Price }) => ({
        from: new Date(fromMs).toISOString(),
        until: iso(untilMs),
        rates: withRequest(price),
      }),
    ),
    multiplier: formatRate(ppm),
  };
}

function healthOf({ control }: HttpDeps, { targets }: Model): ModelTold["health"] {
  const ill = targets.filter((target) => isIll(control, target)).length;
  if (ill === 0 && targets.length > 0) return "ok";
  return ill === targets.length ? "down" : "degraded";
}

/** What any of a model's targets can express: media that one takes, and how each protocol asks for thinking. */
function abilitiesOf({ targets }: Model): Pick<ModelTold, "media" | "thinking"> {
  const traits = targets.flatMap((target) => Object.values(target.traits));
  return {
    media: MEDIA_KINDS.filter((kind) => traits.some(({ media }) => media.includes(kind))),
    thinking: Object.fromEntries(traits.map(({ protocol, thinking }) => [protocol, thinking])),
  };
}

/**
 * A model as the catalogue shows it.
 * @param ppm what is paid of its price, in parts per million
 */
export function modelView(deps: HttpDeps, model: Model, declared: ModelConfig, ppm = PPM_OF_ONE): ModelTold {
  const { family, description, category, tier, endpoints } = declared;
  return {
    id: model.id,
    display_name: model.displayName,
    vendor: model.vendor,
    family,
    description,
    aliases: [...model.aliases],
    category,
    tier,
    context_tokens: model.contextTokens,
    output_tokens_max: model.outputTokensMax,
    endpoints: [...endpoints],
    protocols: [...model.protocols],
    ...abilitiesOf(model),
    price: priceView(model.price, ppm),
    health: healthOf(deps, model),
  };
}

/** What stays of each kind's price where a target costs so much. */
function marginView({ base: price }: DatedPrice, { base: cost }: DatedPrice): Record<string, string> {
  const kinds = Object.entries(withRequest(price));
  const costs: Record<string, string> = withRequest(cost);
  return Object.fromEntries(
    kinds.map(([kind, nanos]) => [kind, (BigInt(nanos) - BigInt(costs[kind] ?? "0")).toString()]),
  );
}

function targetView(
  control: ControlDeps,
  { price }: Model,
  target: Target,
): OperatorModel["targets"][number] {
  const cooling = control.isCooling(target);
  const calls = control.recentCalls.of(target.upstream.id, target.model);
  return {
    upstream: target.upstream.id,
    model: target.model,
    weight: target.weight,
    order: target.order,
    cost: target.cost ? priceView(target.cost) : null,
    margin: target.cost ? marginView(price, target.cost) : null,
    cooling,
    health: upstreamHealth(calls, cooling),
    last_hour: callsView(calls),
  };
}

/** A model as operators see it. */
export function operatorModelView(deps: HttpDeps, model: Model, declared: ModelConfig): OperatorModel {
  const { declarations, control } = deps;
  return {
    ...modelView(deps, model, declared),
    published: declared.published,
    source: declarations.sourceOf("model", model.id),
    line: declarations.lineOf("model", model.id) ?? null,
    targets: model.targets.map((target) => targetView(control, model, target)),
  };
}

/** @throws HttpError (unauthenticated) for a stranger while the catalogue is for who signed in */
export function refuseStranger({ config }: HttpDeps, caller: Caller | undefined): void {
  if (caller || config().catalogue.shownTo === "everybody") return;
  throw new HttpError(
    "unauthenticated",
    "Models and prices are shown to those who signed in; sign in first.",
  );
}

/** Models in force with what was declared of them: those that are published, unless others are given. */
export function modelsInForce(
  { control, config }: HttpDeps,
  models = control.snapshot().models,
): { model: Model; declared: ModelConfig }[] {
  const declared = new Map(config().models.map((model) => [model.id, model]));
  return models.flatMap((model) => {
    const config = declared.get(model.id);
    return config ? [{ model, declared: config }] : [];
  });
}
