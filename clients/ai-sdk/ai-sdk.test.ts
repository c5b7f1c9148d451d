/**
 * The Vercel AI SDK, each of its providers, before upstreams of every protocol that follow a script.
 * clients/agents/agents.test.ts says how to install it.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { AGENTS_FOLDER } from "../agents/agents.ts";
import { gatewayFor } from "../agents/gateways.ts";
import { expectScriptedMoney } from "../agents/money.ts";
import { ANSWER, FIRST_THOUGHT } from "../agents/scenarios.ts";
import { UPSTREAM_PROTOCOLS, type UpstreamProtocol } from "../agents/script.ts";
import { type Scenario, startScriptedUpstream } from "../agents/upstream.ts";
import { cleanEnvironment, startGateway } from "../gateway.ts";
import { expectProvenMoney, readWallet } from "../proof.ts";
import { requiredFile } from "../required-tool.ts";
import { expectSilentSuccess } from "../scripts.ts";

const MODEL = "ai-sdk-model";
const TEST_MS_MAX = 60_000;
/** Five providers, one of them in two ways: a whole answer, a stream, and two loops of two requests. */
const REQUESTS = 6 * 6;
const LOOPS = 6 * 2;
/** `@ai-sdk/openai` drops the thinking of chat, and to a chat upstream its bytes pass as they are. */
const LOOPS_DROPPED = 2;

const said = { kind: "text", text: ANSWER } as const;
const weather = { kind: "call", id: "call_weather", tool: "weather", input: { place: "Berlin" } } as const;

const scenario: Scenario = ({ tools, results }) => {
  const calls = tools.length > 0 && results.length === 0;
  return { pieces: results.length > 0 ? [said] : [FIRST_THOUGHT, calls ? weather : said] };
};

async function expectServed(protocol: UpstreamProtocol, folder: string): Promise<void> {
  const upstream = await startScriptedUpstream(protocol);
  const gateway = await gatewayFor(protocol, upstream.url, [MODEL]);
  const openingNanos = (await readWallet(gateway, "demo")).balance;
  upstream.play(scenario);
  await expectSilentSuccess(["node", "ai-sdk.mjs"], folder, {
    ...cleanEnvironment(gateway.folder),
    QUOIN_URL: gateway.url,
    QUOIN_KEY: gateway.key,
    QUOIN_MODEL: MODEL,
    QUOIN_ANSWER: ANSWER,
    QUOIN_THOUGHT: FIRST_THOUGHT.text,
  });
  // The thinking before a call came back with its result, be it by the client or from the gateway's own store.
  const due = protocol === "openai-chat" ? FIRST_THOUGHT.text : FIRST_THOUGHT.state;
  const answered = upstream.asked.filter(({ results }) => results.length > 0);
  expect(answered.length).toBe(LOOPS);
  const withState = answered.filter(({ states }) => states.length === 1 && states[0] === due);
  expect(withState.length).toBe(LOOPS - (protocol === "openai-chat" ? LOOPS_DROPPED : 0));
  expect(await expectScriptedMoney(gateway, openingNanos)).toEqual({ whole: REQUESTS, failed: 0 });
  expect(await gateway.stop()).toBe(0);
  await upstream.close();
}

async function expectServedBesideText(folder: string): Promise<void> {
  const gateway = await startGateway();
  const openingNanos = (await readWallet(gateway, "demo")).balance;
  await expectSilentSuccess(["node", "beside-text.mjs"], folder, {
    ...cleanEnvironment(gateway.folder),
    QUOIN_URL: gateway.url,
    QUOIN_KEY: gateway.key,
  });
  const rows = await expectProvenMoney(gateway, "demo", openingNanos);
  expect(rows.filter(({ status }) => status === 200).length).toBe(rows.length);
  expect(await gateway.stop()).toBe(0);
}

const isInstalled = requiredFile(
  "Vercel AI SDK",
  join(AGENTS_FOLDER, "ai"),
  "clients/agents/agents.test.ts says how to install it",
);
if (isInstalled) {
  // Node looks for packages beside the script that imports them, so the script moves there.
  const folder = await mkdtemp(join(AGENTS_FOLDER, "../scripts-"));
  await cp(import.meta.dir, folder, { recursive: true });
  afterAll(() => rm(folder, { recursive: true }));
  describe("Vercel AI SDK", () => {
    for (const protocol of UPSTREAM_PROTOCOLS) {
      test(`before ${protocol}`, () => expectServed(protocol, folder), TEST_MS_MAX);
    }
    test("beside text, before the demo", () => expectServedBesideText(folder), TEST_MS_MAX);
  });
}
