import type { Config } from "../config/types.ts";

/** What the configuration declares and this version does not act on yet; said at start, never passed over. */
export function notInForce(config: Config): string[] {
  const warnings: string[] = [];
  for (const plan of config.plans) {
    const limits = Object.keys(plan.limits);
    if (limits.length > 0)
      warnings.push(`the limits of plan "${plan.id}" (${limits.join(", ")}); only balances limit.`);
    if (plan.monthlyCreditsNanos !== undefined) warnings.push(`the monthly credits of plan "${plan.id}".`);
  }
  for (const model of config.models) {
    if (Object.keys(model.defaults).length > 0) warnings.push(`the request defaults of model "${model.id}".`);
  }
  if (Object.keys(config.errors).length > 0) warnings.push("the errors profile.");
  if (config.hosts.length > 0) warnings.push("the hosts section.");
  if (config.trustedProxies.length > 0) warnings.push("the trusted proxies.");
  return warnings;
}
