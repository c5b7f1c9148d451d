/** The name that clients use where the upstream has another; see `ODD_UPSTREAM_NAME`. */
export const ALIASED = "shown-model";
/** Same name on both sides: nothing in a body has to change. */
export const PLAIN = "plain-model";
/** Two targets, the first preferred a thousand to one. */
export const TWICE = "twice-model";
export const FREE = "free-model";

export const UPSTREAM_NAME = "vendor/name-1";

/** What each upstream is signed with; must never reach a client. */
export const UPSTREAM_KEY = "upstream-secret-key";

/** USD per million that the operator pays for PLAIN: 500 nanos a token of input, 1,000 of output. */
const COST = { input: "0.50", output: "1.00" };

/** USD per million: a token of input costs 1,000 nanos, of output 4,000. */
const PRICE = {
  input: "1.00",
  output: "4.00",
  cache_read: "0.10",
  cache_write: "1.25",
  cache_write_1h: "2.00",
};

export interface StandardOptions {
  /** A second server, for failover. */
  readonly second?: string;
  readonly timeouts?: { first_byte_ms?: number; idle_ms?: number };
  readonly plans?: readonly object[];
  readonly outputTokensMax?: number;
  /** Whose upstreams the models have; all unless given, and then a failure goes on to those of other protocols. */
  readonly vendors?: readonly string[];
}

function upstreams(url: string, suffix: string, timeouts: object): object[] {
  const shared = { api_key: UPSTREAM_KEY, timeouts };
  return [
    { id: `anthropic${suffix}`, provider: "anthropic", base_url: `${url}/a`, ...shared },
    { id: `openai${suffix}`, provider: "openai", base_url: `${url}/o/v1`, ...shared },
    { id: `google${suffix}`, provider: "google", base_url: `${url}/g/v1beta`, ...shared },
  ];
}

const VENDORS = ["anthropic", "openai", "google"];

function targetsOf(vendors: readonly string[], model: string, suffix = "", weight = 1): object[] {
  return vendors.map((vendor) => ({ upstream: vendor + suffix, model, weight }));
}

/** A quoin.yaml over fake upstreams that speaks every protocol. */
export function standardConfig(url: string, options: StandardOptions = {}): object {
  const { second, timeouts = {}, plans = [{ id: "default", key_prefix: "qn_live_" }] } = options;
  const { vendors = VENDORS } = options;
  const targets = (name: string, suffix = "", weight = 1) => targetsOf(vendors, name, suffix, weight);
  const sized = { context_tokens: 100_000, output_tokens_max: options.outputTokensMax ?? 1_000 };
  const model = {
    ...sized,
    price: PRICE,
    endpoints: ["chat", "completions", "messages", "responses", "gemini"],
  };
  return {
    upstreams: [
      ...upstreams(url, "", timeouts),
      ...(second === undefined ? [] : upstreams(second, "-2", timeouts)),
    ],
    models: [
      { id: PLAIN, ...model, targets: targets(PLAIN).map((target) => ({ ...target, cost: COST })) },
      { id: ALIASED, ...model, targets: targets(UPSTREAM_NAME) },
      { id: FREE, ...model, price: { input: "0", output: "0" }, targets: targets(FREE) },
      ...(second === undefined
        ? []
        : [{ id: TWICE, ...model, targets: [...targets(TWICE, "", 1_000), ...targets(TWICE, "-2")] }]),
    ],
    plans,
  };
}
