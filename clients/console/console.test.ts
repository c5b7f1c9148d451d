/**
 * The console in Debian's chromium, driven by playwright under Node: what people do with it, and how each page looks
 * and behaves. Pictures of all pages, and of the one where a script fails, lie in .run/screens afterwards.
 */
import { afterAll, beforeAll, describe, test } from "bun:test";
import { join } from "node:path";
import { cleanEnvironment, type RunningGateway, startGateway } from "../gateway.ts";
import { requiredFile } from "../required-tool.ts";
import { expectSilentSuccess } from "../scripts.ts";

const SUITE = "Console in a browser";
const START_MS_MAX = 60_000;
const SCRIPT_MS_MAX = 480_000;
/** Minutes of presses: by QUOIN_TEST_PRESS=1 alone. */
const PRESSES = process.env.QUOIN_TEST_PRESS ? ["press.mjs"] : [];
const SCRIPTS = ["customer.mjs", "operator.mjs", "pages.mjs", "away.mjs", ...PRESSES];

interface MadeCodes {
  readonly codes: readonly { readonly code: string }[];
}

async function environmentOf(gateway: RunningGateway): Promise<Record<string, string>> {
  const made = await gateway.json<MadeCodes>("codes", "create", "--amount", "5.00");
  return {
    ...cleanEnvironment(gateway.folder),
    // Of the links that are printed and sent: passkeys want a name, and cookies are a name's.
    QUOIN_TEST_URL: gateway.url.replace("127.0.0.1", "localhost"),
    QUOIN_TEST_PID: String(gateway.pid),
    QUOIN_TEST_CODE: made.codes[0]?.code ?? "",
    QUOIN_TEST_CLAIM: /http\S+\/claim#\S+/.exec(gateway.printed.join("\n"))?.[0] ?? "",
  };
}

if (requiredFile(SUITE, "/usr/bin/chromium", "on Debian: apt-get install chromium")) {
  for (const script of SCRIPTS) {
    describe(`${SUITE}: ${script}`, () => {
      let gateway: RunningGateway;
      beforeAll(async () => {
        gateway = await startGateway(join(import.meta.dir, "quoin.yaml"), { QUOIN_OUTBOX: "open" });
      }, START_MS_MAX);
      afterAll(() => gateway.stop(), START_MS_MAX);
      test(
        "holds",
        async () => {
          const env = await environmentOf(gateway);
          await expectSilentSuccess(["node", script], import.meta.dir, env, SCRIPT_MS_MAX);
        },
        SCRIPT_MS_MAX,
      );
    });
  }
}
