import { describe, expect, test } from "bun:test";
import { defaultConfig } from "../../src/config/defaults.ts";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/problems.ts";

const load = (text: string, env: Record<string, string> = {}) =>
  loadConfig(text, { file: "quoin.yaml", env });

function problems(text: string, env: Record<string, string> = {}): readonly string[] {
  try {
    load(text, env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
  return [];
}

const UPSTREAM = `upstreams:
  - id: vllm-1
    provider: openai-compatible
    base_url: http://127.0.0.1:8000/v1/
`;

const model = (fields: string) => `${UPSTREAM}models:
  - id: m
    targets: [{ upstream: vllm-1 }]
${fields}`;

const priced = (price: string) => model(`    price: { input: ${price}, output: "1" }\n`);

describe("a file that is right", () => {
  test("the design's example", () => {
    const config = load(
      `${UPSTREAM}    api_key: \${VLLM_KEY}
    protocols: [openai-chat]
models:
  - id: gpt-oss-120b
    display_name: GPT-OSS 120B
    vendor: OpenAI
    aliases: [gpt-oss]
    category: llm
    tier: open-weight
    context_tokens: 131072
    output_tokens_max: 32768
    price: { input: "0.15", output: "0.60", cache_read: "0.03" }
    endpoints: [chat, completions]
    defaults: {}
    targets:
      - { upstream: vllm-1, model: openai/gpt-oss-120b, weight: 1 }
plans:
  - id: default
    key_prefix: qn_live_
    limits: { requests_per_minute: 60, requests_per_day: 10000, tokens_per_minute: 200000, concurrency: 20 }
  - id: trial
    key_prefix: qn_trial_
    monthly_credits: "1.00"
    limits: { requests_per_minute: 70, concurrency: 5 }
    models: [gpt-oss]
`,
      { VLLM_KEY: "k-1" },
    );
    expect(config.upstreams).toEqual([
      {
        id: "vllm-1",
        provider: "openai-compatible",
        baseUrl: "http://127.0.0.1:8000/v1",
        apiKey: "k-1",
        protocols: ["openai-chat"],
        headers: {},
        firstByteMs: 600_000,
        idleMs: 300_000,
        afterCut: "cancel",
        quirks: {},
      },
    ]);
    expect(config.models[0]).toMatchObject({
      price: { input: 150_000_000n, output: 600_000_000n, cacheRead: 30_000_000n, tiers: [] },
      targets: [{ upstream: "vllm-1", model: "openai/gpt-oss-120b", weight: 1 }],
      endpoints: ["chat", "completions"],
    });
    expect(config.plans[1]).toEqual({
      id: "trial",
      keyPrefix: "qn_trial_",
      multiplierPpm: 1_000_000n,
      monthlyCreditsNanos: 1_000_000_000n,
      monthlyCreditsCarryOver: false,
      monthlyCreditsKeysMax: undefined,
      limits: { requestsPerMinute: 70, concurrency: 5 },
      accountLimits: {},
      models: ["gpt-oss-120b"],
      price: undefined,
      shown: undefined,
    });
  });

  test.each(["", "# nothing\n", "upstreams:\nmodels:\nplans:\n", "{}"])(
    "an empty one (%j) is the default",
    (text) => {
      expect(load(text)).toEqual(defaultConfig());
      expect(load(text).plans).toMatchObject([{ id: "default", keyPrefix: "qn_live_", limits: {} }]);
    },
  );

  test("vendors have addresses and protocols of their own", () => {
    const [anthropic, openai, google] = load(`upstreams:
  - { id: a, provider: anthropic, api_key: x }
  - { id: o, provider: openai, api_key: x }
  - { id: g, provider: google, api_key: x }
`).upstreams;
    expect(anthropic).toMatchObject({
      baseUrl: "https://api.anthropic.com",
      protocols: ["anthropic-messages"],
    });
    expect(openai?.protocols).toEqual(["openai-chat", "openai-responses", "openai-completions"]);
    expect(google).toMatchObject({
      baseUrl: "https://generativelanguage.googleapis.com/v1beta",
      protocols: ["gemini"],
    });
  });

  test("a known model needs no price, whatever the address", () => {
    const config = load(`upstreams:
  - { id: a, provider: anthropic, api_key: x }
  - { id: d, provider: openai-compatible, base_url: https://api.deepseek.com/v1, api_key: x }
models:
  - { id: mine, targets: [{ upstream: a, model: claude-haiku-4-5 }] }
  - { id: deepseek-v3.2, targets: [{ upstream: d }] }
`);
    expect(config.models[0]).toMatchObject({
      contextTokens: 200_000,
      outputTokensMax: 64_000,
      vendor: "Anthropic",
      tier: "premium",
    });
    expect(config.models[0]?.price).toMatchObject({ input: 1_000_000_000n, cacheWrite1h: 2_000_000_000n });
    expect(config.models[1]?.price.input).toBe(228_800_000n);
  });

  test("anchors stand for what they name", () => {
    const config = load(`plans:
  - { id: a, key_prefix: a_, limits: &slow { concurrency: 2 } }
  - { id: b, key_prefix: b_, limits: *slow }
`);
    expect(config.plans[1]?.limits).toEqual({ concurrency: 2 });
  });

  test("one key prefix may begin another", () => {
    const text = "plans:\n  - { id: paid, key_prefix: qua_ }\n  - { id: trial, key_prefix: qua_trail_ }\n";
    expect(load(text).plans.map(({ keyPrefix }) => keyPrefix)).toEqual(["qua_", "qua_trail_"]);
  });
});

describe(`\${NAME}`, () => {
  test("stands for the environment's value, once", () => {
    const config = load(`${UPSTREAM}    api_key: a\${K}b\n`, { K: `\${X}` });
    expect(config.upstreams[0]?.apiKey).toBe(`a\${X}b`);
  });

  test("a missing one names itself and its line", () => {
    expect(problems(`${UPSTREAM}    api_key: \${VLLM_KEY}\n`)).toEqual([
      `quoin.yaml:5: upstreams[0].api_key: environment variable VLLM_KEY is not set; set it, or remove \${VLLM_KEY}`,
    ]);
  });

  test(`$\${ is a plain \${, and nothing but a name is understood`, () => {
    expect(load(`brand: { name: 'pay $\${x}' }`).brand.name).toBe(`pay \${x}`);
    for (const text of [`\${`, `\${A:-b}`, `\${}`, `\${A`]) {
      expect(problems(`brand:\n  name: '${text}'\n`)).toEqual([
        `quoin.yaml:2: brand.name: only \${NAME} is understood; write $\${ for a literal \${`,
      ]);
    }
  });

  test("without quotes in { } says to write them", () => {
    const [first] = problems(`upstreams:\n  - { id: x, api_key: \${K} }\n`, { K: "v" });
    expect(first).toEndWith(`; inside { } and [ ] write "\${NAME}" in quotes`);
  });

  test("what it holds is never repeated by an error", () => {
    const env = { K: "sk-se cret" };
    const said = problems(
      `upstreams:\n  - id: a\n    provider: "\${K}"\n    api_key: "\${K}"\n    base_url: "\${K}"\nbrand:\n  key_variable: "\${K}"\nmodels:\n  - id: x\n    price: { input: "\${K}" }\n    targets: [{ upstream: a }]\n`,
      env,
    );
    expect(said.length).toBeGreaterThanOrEqual(4);
    expect(said.join("\n")).not.toContain("cret");
  });
});

describe("errors name line, field and mend", () => {
  test("several at once, in the order of the file", () => {
    expect(problems(model("    prise: 3\n    weigth: 1\n    context_tokens: 1.5\nplan: []\n"))).toEqual([
      'quoin.yaml:8: models[0].prise: unknown field; did you mean "price"?',
      "quoin.yaml:9: models[0].weigth: unknown field",
      "quoin.yaml:10: models[0].context_tokens: is a number; it must be a whole number",
      'quoin.yaml:11: plan: unknown field; did you mean "plans"?',
    ]);
  });

  test.each([
    ["upstreams: 3", "quoin.yaml:1: upstreams: is a number; it must be a list"],
    ["- x", "quoin.yaml:1: the file is a list; it must be a section with fields"],
    ["text", "quoin.yaml:1: the file is text; it must be a section with fields"],
    ["brand: { name: 3 }", "quoin.yaml:1: brand.name: is a number; it must be text; put it in quotes"],
    ["brand: { name: }", "quoin.yaml:1: brand.name: has no value; it must be text"],
    ["errors:\n  rate_limt: {}", 'quoin.yaml:2: errors.rate_limt: unknown field; did you mean "rate_limit"?'],
    [
      "errors:\n  rate_limit: { status: 200 }",
      "quoin.yaml:2: errors.rate_limit.status: must be at least 400",
    ],
    [
      "models:\n  - { id: x, targets: [] }",
      "quoin.yaml:2: models[0].targets: must have at least 1 in its list",
    ],
    [
      "models:\n  - { id: x, defaults: { a: .nan }, targets: [{ upstream: a }] }",
      "quoin.yaml:2: models[0].defaults.a: must be a value that JSON has",
    ],
    [
      "trusted_proxies: [10.0.0.0/33]",
      "quoin.yaml:1: trusted_proxies[0]: must be an IP address or a CIDR block such as 10.0.0.0/8",
    ],
    ["brand: { __proto__: x }", "quoin.yaml:1: brand.__proto__: unknown field"],
    ["hosts:\n  - { host: a.b, region: eu }", 'quoin.yaml:2: hosts[0].region: there is no region "eu"'],
  ])("%j", (text, said) => {
    expect(problems(text)).toEqual([said]);
  });

  test.each([
    ["a: [\n", "quoin.yaml:2: broken YAML: "],
    ["a: 1\nb: 2\na: 3\n", "quoin.yaml:3: broken YAML: the field a is given twice; remove one"],
    ["a: !env X\n", "quoin.yaml:1: broken YAML: Unresolved tag"],
    ["a: 1\n---\nb: 1\n", "quoin.yaml:2: broken YAML: "],
    ["\tx: 1", "quoin.yaml:1: broken YAML: "],
  ])("broken YAML %j", (text, start) => {
    expect(problems(text)[0]).toStartWith(start);
  });

  test.each([
    [
      "provider: antropic\n    api_key: x",
      'provider: must be one of anthropic, openai, google, openai-compatible, azure, bedrock, vertex, demo; did you mean "anthropic"?',
    ],
    [
      "provider: openai-compatible",
      "base_url: is missing; provider openai-compatible has no address of its own",
    ],
    [
      "provider: azure\n    api_key: x",
      "base_url: is missing; provider azure has no address of its own, write https://RESOURCE.openai.azure.com/openai/v1",
    ],
    [
      "provider: vertex\n    base_url: https://x.example/v1",
      "api_key: is missing or empty; vertex answers nobody without one",
    ],
    [
      "provider: bedrock\n    base_url: https://x.example\n    api_key: AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI",
      "api_key: is a pair of AWS keys, which sign for AWS's own addresses alone; write an API key of Bedrock",
    ],
    [
      'provider: openai\n    api_key: \'{"type":"service_account"}\'',
      "api_key: is JSON, which only provider vertex takes",
    ],
    [
      "provider: bedrock\n    base_url: https://x.example\n    api_key: x\n    protocols: [gemini]",
      "protocols[0]: provider bedrock speaks anthropic-messages, openai-chat, openai-responses; for others use provider openai-compatible with its base_url",
    ],
    ["provider: openai", "api_key: is missing or empty; openai answers nobody without one"],
    ["provider: openai\n    api_key: ''", "api_key: is missing or empty; openai answers nobody without one"],
    [
      "provider: demo\n    base_url: http://x",
      "base_url: is not for provider demo, which answers from inside; remove it",
    ],
    [
      "provider: google\n    api_key: x\n    base_url: ftp://x",
      "base_url: must be an http:// or https:// address without user, query or fragment",
    ],
    [
      "provider: google\n    api_key: x\n    base_url: http://u:p@x",
      "base_url: must be an http:// or https:// address without user, query or fragment",
    ],
    [
      "provider: google\n    api_key: x\n    protocols: [openai-chat]",
      "protocols[0]: provider google speaks gemini; for others use provider openai-compatible with its base_url",
    ],
    ["provider: demo\n    headers: { Host: x }", "headers.Host: is set by Quoin itself; remove it"],
    ['provider: demo\n    headers: { "x y": x }', "headers.x y: is not a header name"],
    ['provider: demo\n    headers: { x: "a\\r\\nb" }', "headers.x: must be one line of printable ASCII"],
    ["provider: demo\n    timeouts: { idle_ms: 1 }", "timeouts.idle_ms: must be at least 100"],
  ])("upstream with %j", (fields, said) => {
    const [first, ...rest] = problems(`upstreams:\n  - id: a\n    ${fields}\n`);
    expect(first?.replace(/^quoin\.yaml:\d+: upstreams\[0\]\./, "")).toBe(said);
    expect(rest).toEqual([]);
  });
});

describe("references", () => {
  const two = (first: string, second: string) => `${UPSTREAM}models:
  - { id: ${first}, price: { input: "0", output: "0" }, targets: [{ upstream: vllm-1 }] }
  - { id: ${second}, price: { input: "0", output: "0" }, targets: [{ upstream: vllm-1 }] }
`;

  test("a name is used once, as id or alias", () => {
    expect(problems(two("a", "a"))).toEqual([
      'quoin.yaml:7: models[1].id: the id "a" is already used by models[0].id; choose another',
    ]);
    expect(problems(two("a, aliases: [b]", "b"))).toEqual([
      'quoin.yaml:6: models[0].aliases[0]: the alias "b" is already used by models[1].id; choose another',
    ]);
    expect(problems(two("a, aliases: [c, c]", "b, aliases: [c]"))).toHaveLength(2);
    expect(problems(`${UPSTREAM}  - { id: vllm-1, provider: demo }\n`)).toEqual([
      'quoin.yaml:5: upstreams[1].id: the id "vllm-1" is already used by upstreams[0].id; choose another',
    ]);
  });

  test("a target names an upstream, a plan names models", () => {
    const text = model(
      "    price: { input: '0', output: '0' }\nplans:\n  - { id: p, key_prefix: p_, models: [n] }\n",
    );
    expect(problems(text.replace("upstream: vllm-1", "upstream: vlm-1"))).toEqual([
      'quoin.yaml:7: models[0].targets[0].upstream: there is no upstream "vlm-1"; did you mean "vllm-1"?',
      'quoin.yaml:10: plans[0].models[0]: there is no model "n"; did you mean "m"?',
    ]);
  });

  test.each(["", "_x", "Qn_", "qn-", "qn", "_".repeat(33), "q n_"])("key prefix %j is refused", (prefix) => {
    expect(problems(`plans:\n  - { id: p, key_prefix: "${prefix}" }\n`)).toEqual([
      "quoin.yaml:2: plans[0].key_prefix: must be 2 to 32 of a-z, 0-9 and _, and end with _",
    ]);
  });

  test("key prefixes are used once", () => {
    expect(problems("plans:\n  - { id: a, key_prefix: a_ }\n  - { id: b, key_prefix: a_ }\n")).toEqual([
      'quoin.yaml:3: plans[1].key_prefix: the key prefix "a_" is already used by plans[0].key_prefix; choose another',
    ]);
  });
});

describe("prices", () => {
  test.each([
    ["0.15", 150_000_000n],
    ["3", 3_000_000_000n],
    ["0.1000", 100_000_000n],
    ["0.000000001", 1n],
    // As a float this is 0.30000000000000004's neighbour; the digits as written count.
    ["123456789.123456789", 123_456_789_123_456_789n],
    ['"0.15"', 150_000_000n],
  ])("%s is exact", (written, nanos) => {
    expect(load(priced(written)).models[0]?.price.input).toBe(nanos);
  });

  test.each([
    "1e-3",
    ".5",
    "-1",
    "+1",
    "0x10",
    "0o7",
    "1_000",
    "1.",
    ".inf",
    ".nan",
    "0.0000000001",
    '"-1"',
    "true",
    "[]",
    '""',
  ])("%s is refused", (written) => {
    const [first, ...rest] = problems(priced(written));
    expect(first).toStartWith(
      'quoin.yaml:8: models[0].price.input: must be USD as a decimal string such as "0.15"',
    );
    expect(rest).toEqual([]);
  });

  test("a forgotten price or half of one is an error, not a gift", () => {
    expect(problems(model(""))[0]).toStartWith(
      "quoin.yaml:6: models[0].price: is missing and no list price is known",
    );
    expect(problems(model('    price: { input: "1" }\n'))).toEqual([
      'quoin.yaml:8: models[0].price: has no output; write output: "0" if it is free',
    ]);
    expect(load(model('    category: embedding\n    price: { input: "1" }\n')).models[0]?.endpoints).toEqual([
      "embeddings",
    ]);
  });
});

test("anchors that contain themselves or multiply end with an error", () => {
  expect(problems("models:\n  - &a [*a]\n").join()).toContain("is too deep or too large");
  const bomb = Array.from({ length: 12 }, (_, level) => {
    const below = `[${Array(9)
      .fill(`*a${level - 1}`)
      .join(", ")}]`;
    return `  x${level}: &a${level} ${level === 0 ? "[x]" : below}`;
  });
  expect(problems(`errors:\n${bomb.join("\n")}\n`).join()).toContain("is too deep or too large");
});
