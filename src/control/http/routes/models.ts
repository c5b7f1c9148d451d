import { z } from "@hono/zod-openapi";
import { multiplierFor } from "../../../core/multiplier.ts";
import { ACCOUNT_MODEL, MODEL, OPERATOR_MODEL, PROBES } from "../../contract/models.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import { everyModel, findEveryModel } from "../../every-model.ts";
import { HttpError } from "../http-error.ts";
import { choosePlan } from "../key-plans.ts";
import { modelsInForce, modelView, operatorModelView, refuseStranger } from "../model-views.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Models");

const byModel = <Entry extends { readonly model: { readonly id: string } }>({ model }: Entry) => model.id;

export const MODEL_ROUTES = [
  area.open({
    method: "get",
    path: "/models",
    summary: "The catalogue",
    description:
      "Every model with its list price: what a pricing page shows. For who signed in, where quoin.yaml's `catalogue` says so.",
    query: PAGE,
    answer: pageOf(MODEL),
    errors: ["unauthenticated"],
    handle({ deps, caller, query }) {
      refuseStranger(deps, caller);
      const view = ({ model, declared }: ReturnType<typeof modelsInForce>[number]) =>
        modelView(deps, model, declared);
      return pageFrom(modelsInForce(deps), query, { id: byModel, view });
    },
  }),
  area.account({
    method: "get",
    path: "/models",
    requires: "models:read",
    summary: "The catalogue as one account has it",
    description: "With what its keys of a plan may use, and what they pay.",
    query: { ...PAGE, plan: z.string().max(64).optional().describe("Absent: the account's own.") },
    answer: pageOf(ACCOUNT_MODEL),
    async handle({ deps, caller, account, query }) {
      const planId = await choosePlan(deps.control, caller, account, query.plan);
      const snapshot = deps.control.snapshot();
      const plan = snapshot.plans.get(planId);
      const ppm = multiplierFor(snapshot, account.name, planId)?.ppm;
      return pageFrom(modelsInForce(deps), query, {
        id: byModel,
        view: ({ model, declared }) => ({
          ...modelView(deps, model, declared, ppm),
          included: plan?.models?.has(model.id) ?? true,
        }),
      });
    },
  }),
  area.operator({
    method: "get",
    path: "/models",
    requires: "operator:models:read",
    summary: "Models with where they are served",
    description: "As in the catalogue, those that are not published too, with the targets and how they do.",
    query: PAGE,
    answer: pageOf(OPERATOR_MODEL),
    async handle({ deps, query }) {
      await deps.control.recentCalls.ready();
      return pageFrom(modelsInForce(deps, everyModel(deps.control.snapshot())), query, {
        id: byModel,
        view: ({ model, declared }) => operatorModelView(deps, model, declared),
      });
    },
  }),
  area.operator({
    method: "post",
    path: "/models/{model}/test",
    requires: "operator:models:write",
    summary: "Ask each target of a model",
    description: "A request of a few tokens to every upstream that serves it, at the operator's cost.",
    params: { model: z.string().max(200) },
    answer: PROBES,
    errors: ["not_found"],
    audit: "models.test",
    async handle({ deps, params, note }) {
      const found = findEveryModel(deps.control.snapshot(), params.model);
      if (!found)
        throw new HttpError(
          "not_found",
          `There is no model "${params.model}"; list them to see those that are.`,
        );
      note({ target: found.id });
      return { model: found.id, targets: await deps.control.probeModel(found) };
    },
  }),
];
