/** The lines that the first start prints, pasted into a shell as they are. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type AnswerFacts, READ_WHOLE } from "../test/services/read-answer.ts";
import { cleanEnvironment, type RunningGateway, run, startGateway } from "./gateway.ts";
import { expectProvenMoney } from "./proof.ts";
import { requiredProgram } from "./required-tool.ts";

const MS_MAX = 30_000;
/** The credit that the first start says it gives. */
const DEMO_CREDIT_NANOS = 5_000_000_000n;

const READ_BY_END: readonly (readonly [RegExp, (body: unknown) => AnswerFacts])[] = [
  [/\/chat\/completions$/, READ_WHOLE["openai-chat"]],
  [/\/responses$/, READ_WHOLE["openai-responses"]],
  [/\/messages$/, READ_WHOLE["anthropic-messages"]],
  [/\/v1beta\/models\/[^/]+:generateContent$/, READ_WHOLE.gemini],
];

interface Printed {
  /** The service's file; undefined: none. */
  readonly example?: string;
  readonly variable: string;
  readonly prefix: string;
  /** Of chat, responses, messages and Gemini, up to what clients append. */
  readonly bases: readonly [string, string, string, string];
  readonly says?: string;
  /** The month's credit of the plan, on top of the demo's. */
  readonly monthlyNanos?: bigint;
}

const ROOTS = ["/v1", "/v1", "", ""] as const;

const STARTS: readonly Printed[] = [
  { variable: "QUOIN_API_KEY", prefix: "qn_live_", bases: ROOTS },
  {
    example: "qorebit",
    variable: "QOREBIT_API_KEY",
    prefix: "qb_live_",
    bases: ROOTS,
    says: "Serving as Qorebit: Anthropic https://api.qorebit.ai ",
  },
  {
    example: "qubittron",
    variable: "QUBITTRON_API_KEY",
    prefix: "qbt_",
    bases: ROOTS,
    says: "Serving as Qubittron Bastion",
  },
  {
    example: "quatarly",
    variable: "QUATARLY_API_KEY",
    prefix: "qua_",
    bases: ROOTS,
    says: "Serving as Quatarly",
    monthlyNanos: 20_000_000_000n,
  },
  {
    example: "qcode",
    variable: "QCODE_API_KEY",
    prefix: "qc_",
    bases: ["/openai/v1", "/openai", "/api", "/gemini"],
    says: "Gemini https://api.qcode.cc/gemini",
  },
];

async function paste(gateway: RunningGateway, line: string): Promise<string> {
  const options = { env: cleanEnvironment(gateway.folder), cwd: gateway.folder, msMax: MS_MAX };
  const { code, out } = await run(["sh", "-c", line], options);
  expect(code).toBe(0);
  return out;
}

async function pasteAll(gateway: RunningGateway, { bases, monthlyNanos = 0n }: Printed): Promise<void> {
  const lines = gateway.printed.filter((line) => line.startsWith("  curl "));
  expect(lines.length).toBe(READ_BY_END.length);
  for (const [index, [end, read]] of READ_BY_END.entries()) {
    const line = lines.find((candidate) => end.test(candidate.split(" ")[3] ?? "")) ?? "false";
    expect(line).toStartWith(`  curl ${gateway.url}${bases[index]}/`);
    expect(read(JSON.parse(await paste(gateway, line))).text).toMatch(/demo.*Hello/);
  }
  const rows = await expectProvenMoney(gateway, "demo", DEMO_CREDIT_NANOS + monthlyNanos);
  expect(rows.length).toBe(lines.length);
}

function describeStart(start: Printed): void {
  const { example, variable, prefix, says } = start;
  describe(`the first start ${example === undefined ? "without a file" : `from examples/${example}.yaml`}`, () => {
    let gateway: RunningGateway;
    beforeAll(async () => {
      const file = example && join(import.meta.dir, "..", "examples", `${example}.yaml`);
      gateway = await startGateway(file);
    }, MS_MAX);
    afterAll(async () => {
      expect(await gateway.stop()).toBe(0);
    }, MS_MAX);

    test("prints lines that work as they are", () => pasteAll(gateway, start), MS_MAX);

    test("names the service, its key and the variable for it", async () => {
      expect(gateway.key).toStartWith(prefix);
      const line = gateway.printed.find((one) => one.startsWith("  export ")) ?? "";
      expect(line).toBe(`  export ${variable}=${gateway.key}`);
      expect(await paste(gateway, `${line}\nprintf %s "$${variable}"`)).toBe(gateway.key);
      const text = gateway.printed.join("\n");
      expect(text).toContain(says ?? "Quoin is ready");
      expect(text).not.toContain("Not in force");
    });
  });
}

if (requiredProgram("printed lines", "curl")) for (const start of STARTS) describeStart(start);
