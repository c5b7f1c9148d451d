/** What commands print for people and for programs. */
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import type { Command } from "../../src/commands/command.ts";
import { config } from "../../src/commands/config.ts";
import { wallet } from "../../src/commands/wallet.ts";
import { readSettings } from "../../src/config/settings.ts";
import { newFolder } from "../support/folder.ts";
import { startGateway } from "../support/gateway.ts";

let folder: ReturnType<typeof newFolder>;
let env: Record<string, string>;

beforeAll(() => {
  folder = newFolder();
  env = {
    QUOIN_HOME: `${folder.path}/home`,
    QUOIN_DISCOVER: "off",
    QUOIN_CONFIG: `${folder.path}/quoin.yaml`,
  };
});
afterAll(() => folder.remove());

/** Runs a command in this process and answers what it printed. */
async function printed(command: Command, ...args: string[]): Promise<string> {
  const lines: string[] = [];
  const log = spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  try {
    expect(await command({ settings: readSettings(env), env, args })).toBe(0);
  } finally {
    log.mockRestore();
  }
  return lines.join("\n");
}

const YAML = `
upstreams:
  - id: one
    provider: openai-compatible
    base_url: http://127.0.0.1:1/v1
    api_key: very-secret
    headers: { x-Team: hidden-value }
models:
  - id: m
    price: { input: "0.15", output: "0.60", cache_write_1h: "2" }
    defaults: { reasoningEffort: high }
    targets: [{ upstream: one }]
plans:
  - { id: default, key_prefix: qn_live_, monthly_credits: "1.00", limits: { requests_per_minute: 5 } }
brand: { key_variable: ACME_KEY, base_urls: { openai: "http://127.0.0.1:2/v1" } }
errors: { rate_limit: { status: 503 } }
`;

/** Every name in a document, but for the upstream's own below \`headers\` and \`defaults\`. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === "headers" || name === "defaults" ? [name] : [name, ...namesIn(inner)],
  );
}

test("config print is snake_case, without secrets, money in nanos", async () => {
  await Bun.write(env.QUOIN_CONFIG ?? "", YAML);
  const text = await printed(config, "print", "--json");
  expect(text).not.toMatch(/very-secret|hidden-value/);
  const document = JSON.parse(text) as Record<string, unknown>;
  expect(namesIn(document).filter((name) => !/^[a-z0-9_]+$/.test(name))).toEqual([]);
  expect(document).toMatchObject({
    upstreams: [
      {
        base_url: "http://127.0.0.1:1/v1",
        api_key: "(set)",
        headers: { "x-Team": "(set)" },
        first_byte_ms: 600_000,
      },
    ],
    models: [
      {
        price: { input: "150000000", cache_write_1h: "2000000000" },
        defaults: { reasoningEffort: "high" },
      },
    ],
    plans: [
      { key_prefix: "qn_live_", monthly_credits_nanos: "1000000000", limits: { requests_per_minute: 5 } },
    ],
    brand: { key_variable: "ACME_KEY", base_urls: { openai: "http://127.0.0.1:2/v1" } },
    errors: { rate_limit: { status: 503 } },
    trusted_proxies: [],
  });
  expect(JSON.parse(await printed(config, "print"))).toEqual(document);
});

test("config check counts in words, and passes on what was found and left", async () => {
  await Bun.write(env.QUOIN_CONFIG ?? "", YAML);
  expect(await printed(config, "check")).toMatch(/ is fine: 1 upstream, 1 model, 1 plan\.$/);
  await Bun.write(env.QUOIN_CONFIG ?? "", "models: []\n");
  expect(await printed(config, "check")).toContain("\nNo upstream was found: the demo answers.");
  expect(JSON.parse(await printed(config, "check", "--json"))).toMatchObject({
    ok: true,
    models: 7,
    notes: [expect.stringContaining("No upstream was found")],
  });
});

test("a statement writes the sign before the dollar", async () => {
  const gateway = await startGateway({
    env: { QUOIN_HOME: env.QUOIN_HOME ?? "" },
    config: {
      upstreams: [{ id: "demo", provider: "demo" }],
      models: [
        {
          id: "demo",
          price: { input: "0", output: "0", request: "0.0000036" },
          targets: [{ upstream: "demo" }],
        },
      ],
    },
  });
  const { account, key } = await gateway.customer({ usd: "2" });
  const asked = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: '{"model":"demo","messages":[{"role":"user","content":"Hello"}]}',
  });
  expect(asked.status).toBe(200);
  await gateway.close();
  const [balance, , ...lines] = (await printed(wallet, "statement", "--account", account)).split("\n");
  expect(balance).toEndWith("balance $1.9999964.");
  expect(lines.map((line) => line.split(/ +/).slice(1, 3))).toEqual([
    ["charge", "-$0.0000036"],
    ["grant", "$2.00"],
  ]);
});
