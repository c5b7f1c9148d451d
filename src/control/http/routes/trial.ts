import { openTrial, sendTrialCode } from "../../../accounts/people/trial-accounts.ts";
import { CODE_SENT } from "../../contract/people.ts";
import { TRIAL_KEY, TRIAL_PROOF, TRIAL_WISH } from "../../contract/trial.ts";
import { createKey } from "../../keys.ts";
import { codeSentView } from "../people-views.ts";
import { areaOf } from "../route.ts";
import { originOf } from "../session-identity.ts";

const area = areaOf("Trial keys");

const NAME = "trial";

export const TRIAL_ROUTES = [
  area.open({
    method: "post",
    path: "/trial/code",
    summary: "Ask for a trial key's code",
    description: "Sends it to the address or number, whether or not that had its key already.",
    body: TRIAL_WISH,
    answer: CODE_SENT,
    errors: ["sign_up_closed", "rate_limited", "unavailable"],
    audit: false,
    async handle({ deps, body, request, address }) {
      const wish = { email: undefined, phone: undefined, locale: undefined, ...body };
      return codeSentView(await sendTrialCode(deps.control.people, wish, originOf(request, address)));
    },
  }),
  area.open({
    method: "post",
    path: "/trial/key",
    summary: "Get a trial key",
    description:
      "For what the code proves, or for anybody where nothing is to be proven. Each address or number gets one, ever.",
    status: 201,
    body: TRIAL_PROOF,
    answer: TRIAL_KEY,
    errors: ["sign_up_closed", "wrong_code", "expired", "conflict", "rate_limited"],
    audit: "trial.key",
    async handle({ deps, body, request, address, now, note }) {
      const { control } = deps;
      const answer = { challenge: undefined, code: undefined, ...body };
      const account = await openTrial(control.people, answer, originOf(request, address));
      const { accountId, planId, name } = account;
      const made = await createKey(control, { accountId, planId, name: NAME }, now);
      note({ actor: "visitor", accountId, target: made.keyId, after: { account: name, plan: planId } });
      const { models, plans } = control.snapshot();
      const included = plans.get(planId)?.models;
      return {
        id: made.keyId,
        key: made.key,
        plan: planId,
        account: name,
        models: models.map(({ id }) => id).filter((id) => included?.has(id) ?? true),
      };
    },
  }),
];
