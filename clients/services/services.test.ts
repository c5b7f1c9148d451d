/** Every call that the documents of four services print for these endpoints, by curl and by SDK. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { parse } from "yaml";
import { type RunningGateway, startGateway } from "../gateway.ts";
import { expectProvenMoney, listRequests, type RequestRow } from "../proof.ts";
import { requiredTool } from "../required-tool.ts";
import { expectSilentSuccess, SCRIPT_MS_MAX, sdkEnvironment } from "../scripts.ts";
import { curl } from "./curl.ts";
import { expectAnswer, expectError, expectModels } from "./expect-answer.ts";
import type { PlanId, PrintedCall } from "./printed-call.ts";
import { QCODE_CALLS } from "./qcode.ts";
import { QOREBIT_CALLS } from "./qorebit.ts";
import { QUATARLY_CALLS } from "./quatarly.ts";
import { QUBITTRON_CALLS } from "./qubittron.ts";
import type { AnswerFacts } from "./read-answer.ts";

const QUOIN_YAML = join(import.meta.dir, "quoin.yaml");
const DOCUMENTS: Readonly<Record<string, readonly PrintedCall[]>> = {
  qorebit: QOREBIT_CALLS,
  qcode: QCODE_CALLS,
  quatarly: QUATARLY_CALLS,
  qubittron: QUBITTRON_CALLS,
};
const PREFIX_OF: Readonly<Record<PlanId, string>> = {
  default: "qn_live_",
  qorebit: "qb_live_",
  qubittron: "qbt_",
  quatarly: "qua_",
  "quatarly-trial": "qua_trail_",
};
const ACCOUNT = "customer";
const TOP_UP_USD = "20.00";
const TOP_UP_NANOS = 20_000_000_000n;

let gateway: RunningGateway;
const keys = new Map<PlanId, string>();
/** What the client was told, by the id that it was given. */
const answered = new Map<string, AnswerFacts>();

function keyOf(plan: PlanId): string {
  const key = keys.get(plan);
  if (key === undefined) throw new Error(`There is no key of plan ${plan}.`);
  return key;
}

beforeAll(async () => {
  gateway = await startGateway(QUOIN_YAML);
  for (const plan of Object.keys(PREFIX_OF) as PlanId[]) {
    const made = await gateway.json<{ key: string }>("keys", "create", "--account", ACCOUNT, "--plan", plan);
    keys.set(plan, made.key);
  }
  await gateway.command("wallet", "top-up", "--account", ACCOUNT, "--amount", TOP_UP_USD);
}, SCRIPT_MS_MAX);

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
}, SCRIPT_MS_MAX);

test("keys begin as their plan says", () => {
  for (const [plan, key] of keys) expect(key).toStartWith(PREFIX_OF[plan]);
});

async function makeCall(call: PrintedCall): Promise<void> {
  const got = await curl(call, gateway.url, keyOf(call.plan), gateway.folder);
  const { expected } = call;
  const id = got.headers.get("x-request-id") ?? "";
  expect(id).toMatch(/\S/);
  if ("status" in expected) return expectError(expected, got);
  if ("models" in expected) return expectModels(expected, got);
  const facts = expectAnswer(expected, got);
  if (typeof call.body?.model === "string") expect(facts.model).toBe(call.body.model);
  answered.set(id, facts);
}

for (const [document, calls] of Object.entries(DOCUMENTS)) {
  describe(`curl lines of ${document}`, () => {
    for (const call of calls) test(call.name, () => makeCall(call), SCRIPT_MS_MAX);
  });
}

/** The snippets find their key under the name that the document uses. */
function snippetEnvironment(plan: PlanId): Record<string, string> {
  const key = keyOf(plan);
  // The documents name models that their vendor has retired since, which the SDKs warn of.
  return {
    ...sdkEnvironment({ ...gateway, key }),
    QUBITTRON_API_KEY: key,
    PYTHONWARNINGS: "ignore::DeprecationWarning",
  };
}

const SNIPPETS = join(import.meta.dir, "snippets");

describe("snippets for Node", () => {
  for (const [file, plan] of [
    ["quatarly.mjs", "quatarly"],
    ["qubittron-bastion.mjs", "qubittron"],
    ["qubittron-completions.mjs", "qubittron"],
  ] as const) {
    test(file, () => expectSilentSuccess(["node", file], SNIPPETS, snippetEnvironment(plan)), SCRIPT_MS_MAX);
  }
});

const python = requiredTool("python snippets", "QUOIN_TEST_PYTHON");
if (python !== undefined) {
  describe("snippets for Python", () => {
    for (const [file, plan] of [
      ["qorebit.py", "qorebit"],
      ["quatarly.py", "quatarly"],
    ] as const) {
      test(
        file,
        () => expectSilentSuccess([python, file], SNIPPETS, snippetEnvironment(plan)),
        SCRIPT_MS_MAX,
      );
    }
  });
}

/** USD per million tokens, as quoin.yaml declares them, by model. */
async function readPrices(): Promise<Map<string, { input: string; output: string }>> {
  const file = parse(await Bun.file(QUOIN_YAML).text()) as {
    models: { id: string; price: { input: string; output: string } }[];
  };
  return new Map(file.models.map(({ id, price }) => [id, price]));
}

/** The record of an answer agrees with what the client was told, and with the price. */
function expectReceipt(row: RequestRow, facts: AnswerFacts, price: { input: string; output: string }): void {
  const output = (row.usage.output ?? 0) + (row.usage.reasoning ?? 0);
  const input = row.usage.input ?? 0;
  if (facts.tokens) expect({ input, output }).toEqual(facts.tokens);
  const nanos = Math.round((input * Number(price.input) + output * Number(price.output)) * 1000);
  expect(row.charge_nanos).toBe(String(nanos));
}

test(
  "every answer has its receipt",
  async () => {
    const prices = await readPrices();
    const rows = await listRequests(gateway, ACCOUNT);
    const byId = new Map(rows.map((row) => [row.id, row]));
    expect(answered.size).toBeGreaterThan(20);
    for (const [id, facts] of answered) {
      const row = byId.get(id.replace(/^req_/, ""));
      if (!row) throw new Error(`There is no record of ${id}.`);
      const price = prices.get(row.model);
      if (!price) throw new Error(`There is no price of ${row.model}.`);
      expectReceipt(row, facts, price);
    }
  },
  SCRIPT_MS_MAX,
);

test("the money is right", () => expectProvenMoney(gateway, ACCOUNT, TOP_UP_NANOS), SCRIPT_MS_MAX);
