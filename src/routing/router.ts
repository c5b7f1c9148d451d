import { GatewayError } from "../core/errors.ts";
import type { Model, Snapshot, Target } from "../core/model.ts";
import type { Principal } from "../core/principal.ts";
import { PATH_OF, type RequestedModel, type WireProtocol } from "../core/protocol.ts";
import { wayTo } from "../core/way.ts";
import type { Cooldowns } from "./cooldowns.ts";

/** Where a request may go, best first. */
export interface Route {
  readonly model: Model;
  readonly targets: readonly Target[];
}

export interface RouteQuery {
  readonly snapshot: Snapshot;
  readonly name: RequestedModel;
  readonly protocol: WireProtocol;
  readonly principal: Principal;
  /** Id of the one upstream that can serve: it keeps the answer that the request builds on. */
  readonly keptBy?: string | undefined;
}

function unknownModel(name: string): GatewayError {
  return new GatewayError(
    "model_not_found",
    `model: there is no model "${name.slice(0, 128)}" here; GET /v1/models lists those that are.`,
    { param: "model" },
  );
}

function wrongEndpoint({ id, protocols }: Model, protocol: WireProtocol): GatewayError {
  const paths = protocols.map((served) => PATH_OF[served].replace("{model}", id));
  const mend =
    paths.length === 0
      ? "no endpoint here serves it. Use another model."
      : `it is served at ${paths.join(", ")}. Ask it there, or use another model.`;
  const message = `model: "${id}" is not served at ${PATH_OF[protocol].replace("{model}", id)}; ${mend}`;
  return new GatewayError("wrong_endpoint", message, { param: "model" });
}

function keptElsewhere(model: Model): GatewayError {
  const message = `previous_response_id: that response lies at another upstream than those of "${model.id}"; ask the model that gave it, or send the whole input.`;
  return new GatewayError("bad_request", message, { param: "previous_response_id" });
}

/** By chance, in proportion to weight: each draw takes one target out of the rest. */
function shuffleByWeight(targets: readonly Target[], random: () => number): Target[] {
  const rest = [...targets];
  const order: Target[] = [];
  while (rest.length > 0) {
    let draw = random() * rest.reduce((sum, target) => sum + target.weight, 0);
    const at = rest.findIndex((target) => {
      draw -= target.weight;
      return draw < 0;
    });
    order.push(...rest.splice(Math.max(at, 0), 1));
  }
  return order;
}

/** Above every order. */
const COOLING_RANK = 1_000;

/**
 * Chooses the targets of a request.
 * @throws GatewayError `model_not_found`, `permission` (the plan leaves the model out), `wrong_endpoint`,
 *   `bad_request` (the answer it builds on lies elsewhere).
 */
export function resolveRoute(query: RouteQuery, cooldowns: Cooldowns, random = Math.random): Route {
  const { snapshot, name, protocol, principal, keptBy } = query;
  const model = snapshot.findModel(name);
  if (!model) throw unknownModel(name);
  const plan = snapshot.plans.get(principal.planId);
  if (!plan) {
    const message = `The plan "${principal.planId}" of this key is not offered any more; use another key.`;
    throw new GatewayError("permission", message);
  }
  if (plan.models && !plan.models.has(model.id)) {
    const message = `model: the plan of this key does not include "${model.id}"; use another model or another key.`;
    throw new GatewayError("permission", message, { param: "model" });
  }
  if (principal.models && !principal.models.includes(model.id)) {
    const message = `model: this key may not use "${model.id}"; use a model that it was made for, or another key.`;
    throw new GatewayError("permission", message, { param: "model" });
  }
  if (!model.protocols.includes(protocol)) throw wrongEndpoint(model, protocol);
  const able = model.targets.filter(
    (target) =>
      wayTo(target, protocol) !== undefined && (keptBy === undefined || target.upstream.id === keptBy),
  );
  if (able.length === 0) throw keptElsewhere(model);
  if (able.length === 1) return { model, targets: able };
  const order = shuffleByWeight(able, random);
  return { model, targets: order.toSorted((one, other) => rank(one) - rank(other)) };

  /** Those that cool last; among the rest by their order; among equals, those whose bytes pass first. */
  function rank(target: Target): number {
    const foreign = wayTo(target, protocol) === protocol ? 0 : 1;
    return (cooldowns.isCooling(target) ? COOLING_RANK : 0) + target.order * 2 + foreign;
  }
}
