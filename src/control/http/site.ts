import type { Caller } from "../../accounts/caller.ts";
import type { PeopleDeps } from "../../accounts/people/deps.ts";
import { hostName } from "../../base/host-header.ts";
import type { Config } from "../../config/types.ts";
import { type AccountHost, offeringAt, originOf } from "../../core/offering.ts";
import type { HttpDeps, Identify } from "./deps.ts";

/** At an account's own domain that account is all that there is, whoever calls. */
function callerAt(accountId: string, caller: Caller): Caller {
  if (caller.kind === "user") {
    const memberships = caller.memberships.filter((one) => one.accountId === accountId);
    return { ...caller, operator: false, memberships };
  }
  const isTheirs = !caller.operator && caller.accountId === accountId;
  return isTheirs ? caller : { ...caller, operator: false, accountId: undefined, scopes: [] };
}

function identifyAt(accountId: string, identify: Identify): Identify {
  return async (request, address) => {
    const caller = await identify(request, address);
    return caller && callerAt(accountId, caller);
  };
}

/** Signing up there makes members of the account, and nothing else; where the service is not open, neither is that. */
function signUpAt({ signUp }: Config, { join }: AccountHost): Config["signUp"] {
  const mode = signUp.mode === "open" && join === "invitation" ? "invitation" : signUp.mode;
  return { ...signUp, mode, trial: undefined };
}

function peopleAt(people: PeopleDeps, host: AccountHost, accountId: string, config: Config): PeopleDeps {
  return {
    ...people,
    policy: () => config.signUp,
    brand: () => config.brand.name,
    consoleUrl: () => `${originOf(host)}/console`,
    // Providers lead back to addresses that they were told before: the service's own.
    oauth: {},
    organisation: { accountId, joinRole: host.join === "invitation" ? undefined : host.join },
  };
}

/** What the management API works with at the host of a request: everything, or what there is of one account. */
export async function depsAt(deps: HttpDeps, request: Request): Promise<HttpDeps> {
  const { offering } = deps.control.snapshot();
  const host = offering.accountHosts.get(hostName(request) ?? "");
  if (!host) return deps;
  const account = await deps.control.directory.find({ name: host.account });
  // Of an account that is not there nobody is a member.
  const accountId = account?.accountId ?? "";
  const { brand, hosts, regions } = offeringAt(offering, host);
  const config = { ...deps.config(), brand, hosts, regions };
  const shown: Config = { ...config, signUp: signUpAt(config, host) };
  return {
    ...deps,
    config: () => shown,
    identify: deps.identify.map((one) => identifyAt(accountId, one)),
    control: { ...deps.control, people: peopleAt(deps.control.people, host, accountId, shown) },
  };
}
