import { hashKey } from "../../../accounts/key-verifier.ts";
import { countAttempt, countProbes } from "../../../accounts/people/attempts.ts";
import { PROBE, PROBE_ASKED } from "../../contract/probe.ts";
import type { ControlDeps } from "../../operation.ts";
import { HttpError } from "../http-error.ts";
import { probeView } from "../probe-views.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Probe");

const UNKNOWN =
  "key: this key is unknown here or was revoked; copy all of it, or make a new one in the console.";

/** One hash and one look-up, whatever was sent. @throws HttpError */
async function keyOf({ accounts, secret }: ControlDeps, text: string) {
  const principal = await accounts.findPrincipal(hashKey(secret, text.trim()));
  const key = principal && (await accounts.findKey(principal.keyId));
  if (key) return { principal, key };
  throw new HttpError("not_found", UNKNOWN, { field: "key" });
}

export const PROBE_ROUTES = [
  area.open({
    method: "post",
    path: "/probe",
    summary: "What a key is and did",
    description:
      "For whoever holds the key: its state, limits and money left, models, and last requests. The key comes in the body, never in the address. 30 a minute from one address.",
    body: PROBE_ASKED,
    answer: PROBE,
    errors: ["forbidden", "not_found", "rate_limited"],
    audit: false,
    async handle({ deps, body, address, now }) {
      const { control } = deps;
      await countAttempt(control.people, countProbes({ address, userAgent: undefined }));
      const { principal, key } = await keyOf(control, body.key);
      const { networks } = principal;
      if (networks && (address === undefined || !control.inNetworks(networks, address)))
        throw new HttpError(
          "forbidden",
          "This key may not be used from your address, nor looked at; come from one that it is for.",
        );
      return probeView(deps, principal, key, now);
    },
  }),
];
