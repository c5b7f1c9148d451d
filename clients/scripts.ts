/** Suites of SDK scripts: each runs as a process of its own, with only base URL and key set. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newKey } from "../src/accounts/key-format.ts";
import { cleanEnvironment, type RunningGateway, run, startGateway } from "./gateway.ts";
import { expectProvenMoney, readWallet } from "./proof.ts";

const SCRIPT_MS_MAX = 45_000;

/** The variables in which the official SDKs look for their base URL and key. */
function sdkEnvironment(gateway: Pick<RunningGateway, "url" | "key" | "folder">): Record<string, string> {
  return {
    ...cleanEnvironment(gateway.folder),
    PYTHONDONTWRITEBYTECODE: "1",
    OPENAI_BASE_URL: `${gateway.url}/v1`,
    OPENAI_API_KEY: gateway.key,
    ANTHROPIC_BASE_URL: gateway.url,
    ANTHROPIC_API_KEY: gateway.key,
    GOOGLE_GEMINI_BASE_URL: gateway.url,
    GEMINI_API_KEY: gateway.key,
    QUOIN_TEST_UNKNOWN_KEY: newKey("qn_live_"),
  };
}

/** The script must end with 0 and print nothing, warnings of the SDK included. */
export async function expectSilentSuccess(
  line: readonly string[],
  cwd: string,
  env: Record<string, string>,
  msMax = SCRIPT_MS_MAX,
): Promise<void> {
  const { code, out, err } = await run(line, { env, cwd, msMax });
  expect(out + err).toBe("");
  expect(code).toBe(0);
}

export interface ScriptSuite {
  readonly name: string;
  /** The interpreter, by path or name. */
  readonly program: string;
  readonly folder: string;
  readonly scripts: readonly { readonly file: string; readonly protocols: readonly string[] }[];
}

const SERVED_MIN = 3;

/** Declares the tests of a suite: a gateway on a fresh home, each script, and the money at the end. */
export function describeScripts(suite: ScriptSuite): void {
  describe(suite.name, () => {
    let gateway: RunningGateway;
    let openingNanos: bigint;
    beforeAll(async () => {
      gateway = await startGateway();
      openingNanos = (await readWallet(gateway, "demo")).balance;
    }, SCRIPT_MS_MAX);
    afterAll(async () => {
      expect(await gateway.stop()).toBe(0);
    }, SCRIPT_MS_MAX);
    for (const { file } of suite.scripts) {
      const runScript = () =>
        expectSilentSuccess([suite.program, file], suite.folder, sdkEnvironment(gateway));
      test(file, runScript, SCRIPT_MS_MAX);
    }
    const proveMoney = async () => {
      const rows = await expectProvenMoney(gateway, "demo", openingNanos);
      for (const protocol of suite.scripts.flatMap(({ protocols }) => protocols)) {
        const served = rows.filter((row) => row.protocol === protocol && row.status === 200);
        expect(served.length).toBeGreaterThanOrEqual(SERVED_MIN);
        expect(served.some((row) => row.stream && row.outcome === "finished")).toBe(true);
        expect(served.filter((row) => row.outcome === "cut_by_client").length).toBe(1);
      }
    };
    test("the money is right", proveMoney, SCRIPT_MS_MAX);
  });
}
