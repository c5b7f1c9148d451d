/** A gateway that is set up as the services of the documents are, and one customer with a key of each plan. */
import { join } from "node:path";
import { type RunningGateway, startGateway } from "../gateway.ts";
import type { PlanId } from "./printed-call.ts";

export const QUOIN_YAML = join(import.meta.dir, "quoin.yaml");
export const ACCOUNT = "customer";
export const TOP_UP_NANOS = 20_000_000_000n;
const TOP_UP_USD = "20.00";

/** What each plan's keys begin with, as the documents say it. */
export const PREFIX_OF: Readonly<Record<PlanId, string>> = {
  default: "qn_live_",
  qorebit: "qb_live_",
  qubittron: "qbt_",
  quatarly: "qua_",
  "quatarly-trial": "qua_trail_",
};

export interface Customer {
  readonly gateway: RunningGateway;
  readonly keys: Readonly<Record<PlanId, string>>;
}

/** Everything by the commands that an operator types. */
export async function startCustomer(): Promise<Customer> {
  const gateway = await startGateway(QUOIN_YAML);
  const keyOf = async (plan: PlanId) => {
    const args = ["keys", "create", "--account", ACCOUNT, "--plan", plan];
    return (await gateway.json<{ key: string }>(...args)).key;
  };
  const keys: Record<PlanId, string> = {
    default: await keyOf("default"),
    qorebit: await keyOf("qorebit"),
    qubittron: await keyOf("qubittron"),
    quatarly: await keyOf("quatarly"),
    "quatarly-trial": await keyOf("quatarly-trial"),
  };
  await gateway.command("wallet", "top-up", "--account", ACCOUNT, "--amount", TOP_UP_USD);
  return { gateway, keys };
}
