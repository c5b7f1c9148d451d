import { vendorOf as vendorAt } from "../../config/vendors.ts";
import type { Quirks, TargetTraits } from "../../core/generation/traits.ts";
import type { Target, Upstream } from "../../core/model.ts";
import type { Protocol } from "../../core/protocol.ts";
import { BASELINE, type Capabilities, type Family, plainName, type TraitsKey } from "./baseline.ts";
import { claude } from "./claude.ts";
import { gemini } from "./gemini.ts";
import { gpt } from "./gpt.ts";
import { openWeights } from "./open-weights.ts";
import { serverOf, serverQuirks } from "./servers.ts";

/** By the vendor whose models can read the state that the family makes; open models make none. */
const FAMILIES: readonly (readonly [string, Family])[] = [
  ["anthropic", claude],
  ["google", gemini],
  ["openai", gpt],
  ["", openWeights],
];

/** Whose own models an upstream serves, a cloud among them; undefined where it may be anybody's. */
function nativeVendor(upstream: Upstream): string | undefined {
  return upstream.provider === "openai-compatible" ? undefined : vendorAt(upstream)?.id;
}

/**
 * Who can read the opaque state of an upstream's model. A native provider that serves another maker's model
 * (an Anthropic dialect in front of GLM) makes state that the vendor cannot read: then it is the upstream's own.
 */
function vendorOf(upstream: Upstream, key: TraitsKey): string {
  const byName = FAMILIES.find(([, family]) => family(key))?.[0];
  const native = nativeVendor(upstream);
  if (native && (byName === undefined || byName === native)) return native;
  return byName || upstream.id;
}

/** A vision model sees, whatever its name. */
function seeing(media: Capabilities["media"]): Capabilities["media"] {
  return media.includes("image") ? media : ["image", ...media];
}

/** What a target is made of. */
export interface TraitsSource {
  readonly upstream: Upstream;
  /** The upstream's own name of the model. */
  readonly model: string;
  readonly outputTokensMax: number;
  /** The catalogue says that it sees. */
  readonly vision: boolean;
  /** What the operator says of the model, over what is said of the upstream. */
  readonly quirks: Quirks;
  /** The installation's: the account's hash leaves the house inside envelopes, so nobody may try credentials on it. */
  readonly secret: string;
}

/** Names the credential without telling it: another key, header or upstream is another account. */
function scopeOf({ upstream: { id, apiKey, headers }, secret }: TraitsSource): string {
  const account = JSON.stringify([id, apiKey, headers]);
  return new Bun.CryptoHasher("sha256", secret).update(account).digest("hex").slice(0, 16);
}

function traitsFor(source: TraitsSource, protocol: Protocol, scope: string): TargetTraits {
  const { upstream } = source;
  const key: TraitsKey = {
    protocol,
    provider: upstream.provider,
    server: serverOf(upstream),
    name: plainName(source.model),
  };
  const family = FAMILIES.map(([, known]) => known(key)).find((facts) => facts !== undefined);
  const known: Capabilities = { ...BASELINE[protocol], ...family };
  const seen: Capabilities = source.vision ? { ...known, media: seeing(known.media) } : known;
  return {
    vendor: vendorOf(upstream, key),
    ...seen,
    ...serverQuirks(seen, key),
    ...upstream.quirks,
    ...source.quirks,
    protocol,
    model: source.model,
    scope,
    outputTokensMax: source.outputTokensMax,
  };
}

/**
 * What the target can express, for each protocol that its upstream speaks: what is known of the protocol,
 * then of the model by its name, then of the server by its address, then what the operator says of the
 * upstream, then of the model; the later over the earlier.
 */
export function compileTraits(source: TraitsSource): Target["traits"] {
  const scope = scopeOf(source);
  return Object.fromEntries(
    source.upstream.protocols.map((protocol) => [protocol, traitsFor(source, protocol, scope)]),
  );
}
