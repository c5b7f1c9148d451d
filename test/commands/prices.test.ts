import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { config } from "../../src/commands/config.ts";
import { prices } from "../../src/commands/prices.ts";
import { readSettings } from "../../src/config/settings.ts";
import { serveControl } from "../../src/control/socket.ts";
import { comparePrices } from "../../src/core/price-lines.ts";
import { newFolder } from "../support/folder.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

const yaml = (input: string) => `# ours
upstreams:
  - { id: anthropic, provider: anthropic, api_key: k }
models:
  - id: claude-haiku-4-5
    price: { input: "${input}", output: "5" } # dear
    targets: [{ upstream: anthropic }]
`;

let home: ReturnType<typeof newFolder>;
let gateway: TestGateway;
let control: { stop(): void };
let said: string[] = [];
const log = console.log;

beforeAll(async () => {
  home = newFolder();
  const env = { QUOIN_HOME: home.path };
  gateway = await startGateway({ config: yaml("1"), env });
  control = serveControl(gateway.home.folder, gateway.app.control);
  console.log = (text: string) => void said.push(text);
});
afterAll(async () => {
  console.log = log;
  control.stop();
  await gateway.close();
  home.remove();
});

async function run(...args: string[]): Promise<string> {
  const configFile = join(home.path, "quoin.yaml");
  const env = { QUOIN_HOME: home.path, QUOIN_CONFIG: configFile, QUOIN_DISCOVER: "off" };
  said = [];
  expect(await prices({ settings: readSettings(env), env, args })).toBe(0);
  return said.join("\n");
}

test("diff tells what the file and the catalogue would change, import takes the list price", async () => {
  const file = join(home.path, "quoin.yaml");
  writeFileSync(file, yaml("1.5"));
  const both = JSON.parse(await run("diff", "--json")) as Record<string, { kind: string }[]>;
  expect(both.file).toContainEqual({
    model: "claude-haiku-4-5",
    kind: "input",
    from_nanos: "1000000000",
    to_nanos: "1500000000",
  } as never);
  expect(both.catalog?.map(({ kind }) => kind)).toEqual([
    "cacheRead",
    "cacheWrite5m",
    "cacheWrite1h",
    "searches",
  ]);
  expect(await run("import")).toContain("With --write these lose their own price");
  expect(readFileSync(file, "utf8")).toBe(yaml("1.5"));
  expect(await run("import", "--write")).toContain("claude-haiku-4-5");
  const written = readFileSync(file, "utf8");
  expect(written).toContain("# ours");
  expect(written).not.toContain("price");
  expect(readFileSync(`${file}.before-import`, "utf8")).toBe(yaml("1.5"));
});

test("a model or a kind that only one list has is a change too", () => {
  const changes = comparePrices({ a: { input: "1" } }, { a: { input: "1", output: "2" }, b: { input: "3" } });
  expect(changes).toEqual([
    { model: "a", kind: "output", from: undefined, to: "2" },
    { model: "b", kind: "input", from: undefined, to: "3" },
  ]);
});

test("what was declared in the console is no difference to the file, and config check knows of it", async () => {
  const file = join(home.path, "quoin.yaml");
  writeFileSync(file, yaml("1"));
  const { declarations } = gateway.app;
  const fields = {
    id: "mine",
    price: { input: "1", output: "1" },
    targets: [{ upstream: "anthropic", model: "x" }],
  };
  await declarations.create("model", fields, "ann");
  expect((JSON.parse(await run("diff", "--json")) as Record<string, unknown>).file).toEqual([]);
  expect(await check()).toEqual([0, expect.stringContaining("Declared in the console besides: 1 row.")]);
  await gateway.app.configure({ ...declarations.config(), models: [], upstreams: [] });
  expect(await check()).toEqual([1, expect.stringContaining("Not in force: model mine: targets")]);
});

async function check(): Promise<[number, string]> {
  const env = { QUOIN_HOME: home.path, QUOIN_CONFIG: join(home.path, "quoin.yaml"), QUOIN_DISCOVER: "off" };
  said = [];
  const code = await config({ settings: readSettings(env), env, args: ["check"] });
  return [code, said.join("\n")];
}
