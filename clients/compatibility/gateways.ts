/** The gateways of a run: one before an upstream of each protocol, with a key of an empty wallet. */
import { newKey } from "../../src/accounts/key-format.ts";
import { gatewayFor } from "../agents/gateways.ts";
import { UPSTREAM_PROTOCOLS, type UpstreamProtocol } from "../agents/script.ts";
import { type ScriptedUpstream, startScriptedUpstream } from "../agents/upstream.ts";
import type { RunningGateway } from "../gateway.ts";
import type { KeyKind } from "./cases.ts";
import { GPT_MODEL, MODEL } from "./client.ts";

export interface Site {
  readonly gateway: RunningGateway;
  readonly upstream: ScriptedUpstream;
  readonly keys: Readonly<Record<KeyKind, string>>;
}

export type Sites = Readonly<Record<UpstreamProtocol, Site>>;

async function startSite(protocol: UpstreamProtocol): Promise<Site> {
  const upstream = await startScriptedUpstream(protocol);
  const gateway = await gatewayFor(protocol, upstream.url, [MODEL, GPT_MODEL]);
  const poor = await gateway.json<{ key: string }>("keys", "create", "--account", "poor");
  await gateway.command("wallet", "top-up", "--account", "demo", "--amount", "1000.00");
  return { gateway, upstream, keys: { good: gateway.key, unknown: newKey("qn_live_"), poor: poor.key } };
}

/** Starts them all. */
export async function startSites(): Promise<Sites> {
  const sites = await Promise.all(
    UPSTREAM_PROTOCOLS.map(async (name) => [name, await startSite(name)] as const),
  );
  return Object.fromEntries(sites) as Record<UpstreamProtocol, Site>;
}

/** Proves the money of each, and ends it. @throws when the ledger does not prove */
export async function stopSites(sites: Sites): Promise<void> {
  for (const { gateway, upstream } of Object.values(sites)) {
    await gateway.command("ledger", "prove");
    await gateway.stop();
    await upstream.close();
  }
}
