/** Every call that the documents of four services print for these endpoints, by curl and by SDK. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { expectProvenMoney } from "../proof.ts";
import { requiredProgram, requiredVariable } from "../required-tool.ts";
import { expectSilentSuccess, SCRIPT_MS_MAX, sdkEnvironment } from "../scripts.ts";
import { curl } from "./curl.ts";
import { ACCOUNT, type Customer, PREFIX_OF, startCustomer, TOP_UP_NANOS } from "./customer.ts";
import { expectAnswer, expectError, expectModels } from "./expect-answer.ts";
import type { PlanId, PrintedCall } from "./printed-call.ts";
import { QCODE_CALLS } from "./qcode.ts";
import { QOREBIT_CALLS } from "./qorebit.ts";
import { QUATARLY_CALLS } from "./quatarly.ts";
import { QUBITTRON_CALLS } from "./qubittron.ts";
import type { AnswerFacts } from "./read-answer.ts";
import { expectReceipts } from "./receipts.ts";

const DOCUMENTS: Readonly<Record<string, readonly PrintedCall[]>> = {
  qorebit: QOREBIT_CALLS,
  qcode: QCODE_CALLS,
  quatarly: QUATARLY_CALLS,
  qubittron: QUBITTRON_CALLS,
};
const SNIPPETS = join(import.meta.dir, "snippets");

let customer: Customer;
/** What clients were told, by the request id that they were given. */
const answered = new Map<string, AnswerFacts>();

beforeAll(async () => {
  customer = await startCustomer();
}, SCRIPT_MS_MAX);

afterAll(async () => {
  expect(await customer.gateway.stop()).toBe(0);
}, SCRIPT_MS_MAX);

test("keys begin as their plan says", () => {
  for (const [plan, prefix] of Object.entries(PREFIX_OF)) {
    expect(customer.keys[plan as PlanId]).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{38}$`));
  }
});

async function makeCall(call: PrintedCall): Promise<void> {
  const { gateway, keys } = customer;
  const got = await curl(call, gateway.url, keys[call.plan], gateway.folder);
  const { expected } = call;
  const id = got.headers.get("x-request-id") ?? "";
  expect(id).toMatch(/\S/);
  if ("status" in expected) return expectError(expected, got);
  if ("models" in expected) return expectModels(expected, got);
  const facts = expectAnswer(expected, got);
  if (typeof call.body?.model === "string") expect(facts.model).toBe(call.body.model);
  answered.set(id, facts);
}

const hasCurl = requiredProgram("curl lines of the services", "curl");
if (hasCurl) {
  for (const [document, calls] of Object.entries(DOCUMENTS)) {
    describe(`curl lines of ${document}`, () => {
      for (const call of calls) test(call.name, () => makeCall(call), SCRIPT_MS_MAX);
    });
  }
}

/** Declares a test for each snippet: its file, and whose key it uses. */
function describeSnippets(
  language: string,
  program: string,
  snippets: readonly (readonly [file: string, plan: PlanId])[],
): void {
  describe(`${language} snippets`, () => {
    for (const [file, plan] of snippets) {
      const runSnippet = () => {
        const { gateway, keys } = customer;
        const env = {
          ...sdkEnvironment({ ...gateway, key: keys[plan] }),
          // The name that the document gives to the variable of the key.
          QUBITTRON_API_KEY: keys[plan],
          // The documents name models that their vendor has retired since, which the SDKs warn of.
          PYTHONWARNINGS: "ignore::DeprecationWarning",
        };
        return expectSilentSuccess([program, file], SNIPPETS, env);
      };
      test(file, runSnippet, SCRIPT_MS_MAX);
    }
  });
}

describeSnippets("Node", "node", [
  ["qcode.mjs", "default"],
  ["quatarly.mjs", "quatarly"],
  ["qubittron-bastion.mjs", "qubittron"],
  ["qubittron-completions.mjs", "qubittron"],
]);

const python = requiredVariable("python snippets", "QUOIN_TEST_PYTHON");
if (python !== undefined) {
  describeSnippets("Python", python, [
    ["qorebit.py", "qorebit"],
    ["quatarly.py", "quatarly"],
  ]);
}

test(
  "every answer has its receipt, and the money is right",
  async () => {
    const rows = await expectProvenMoney(customer.gateway, ACCOUNT, TOP_UP_NANOS);
    const answers = Object.values(DOCUMENTS)
      .flat()
      .filter(({ expected }) => "answer" in expected);
    expect(answered.size).toBe(hasCurl ? answers.length : 0);
    await expectReceipts(rows, answered);
  },
  SCRIPT_MS_MAX,
);
