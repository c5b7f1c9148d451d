/** The lines that the first start prints, pasted into a shell as they are. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cleanEnvironment, type RunningGateway, run, startGateway } from "./gateway.ts";
import { expectProvenMoney } from "./proof.ts";
import { requiredProgram } from "./required-tool.ts";
import { type AnswerFacts, READ_WHOLE } from "../test/services/read-answer.ts";

const MS_MAX = 30_000;
/** The credit that the first start says it gives. */
const DEMO_CREDIT_NANOS = 5_000_000_000n;

const READ_BY_PATH: Readonly<Record<string, (body: unknown) => AnswerFacts>> = {
  "/v1/chat/completions": READ_WHOLE["openai-chat"],
  "/v1/responses": READ_WHOLE["openai-responses"],
  "/v1/messages": READ_WHOLE["anthropic-messages"],
  "/v1beta/models/demo:generateContent": READ_WHOLE.gemini,
};

async function paste(gateway: RunningGateway, line: string): Promise<string> {
  const options = { env: cleanEnvironment(gateway.folder), cwd: gateway.folder, msMax: MS_MAX };
  const { code, out } = await run(["sh", "-c", line], options);
  expect(code).toBe(0);
  return out;
}

if (requiredProgram("printed lines", "curl")) {
  describe("the first start", () => {
    let gateway: RunningGateway;
    beforeAll(async () => {
      gateway = await startGateway();
    }, MS_MAX);
    afterAll(async () => {
      expect(await gateway.stop()).toBe(0);
    }, MS_MAX);

    const pasteLines = async () => {
      const lines = gateway.printed.filter((line) => line.startsWith("  curl "));
      const paths = Object.keys(READ_BY_PATH);
      expect(lines.length).toBe(paths.length);
      for (const [path, read] of Object.entries(READ_BY_PATH)) {
        const line = lines.find((candidate) => candidate.includes(`${gateway.url}${path}`));
        const facts = read(JSON.parse(await paste(gateway, line ?? "false")));
        expect(facts.text).toMatch(/demo.*Hello/);
      }
      const rows = await expectProvenMoney(gateway, "demo", DEMO_CREDIT_NANOS);
      expect(rows.length).toBe(paths.length);
    };
    test("prints lines that work as they are", pasteLines, MS_MAX);
  });
}
