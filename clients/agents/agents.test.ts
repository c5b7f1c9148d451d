/**
 * The real coding agents, without a terminal, before upstreams of every protocol that follow a script.
 * `.ci/run` installs them, and so may you (800 MB); from the repository's root:
 * mkdir -p .run/agents && cp clients/agents/agents-package.json .run/agents/package.json
 * npm install --prefix .run/agents --ignore-scripts --no-package-lock
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunningGateway } from "../gateway.ts";
import { readWallet } from "../proof.ts";
import { requiredFile } from "../required-tool.ts";
import { AGENTS, AGENTS_FOLDER, type Agent, type Ran, runAgent, WHOLE_AGENTS } from "./agents.ts";
import { gatewayFor } from "./gateways.ts";
import { expectScriptedMoney } from "./money.ts";
import * as scenario from "./scenarios.ts";
import { UPSTREAM_PROTOCOLS, type UpstreamProtocol } from "./script.ts";
import { REFUSAL, type Scenario, type ScriptedUpstream, startScriptedUpstream } from "./upstream.ts";

const TEST_MS_MAX = 60_000;
const PROMPT = "Lay the cornerstone.";

function expectPrinted(ran: Ran, words: string): void {
  expect(`${ran.code} ${ran.out}`, ran.err).toContain(words);
  expect(ran.code).toBe(0);
}

async function expectFile(
  { folder }: Ran,
  { name, content }: { name: string; content: string },
): Promise<void> {
  expect((await readFile(join(folder, name), "utf8")).trim()).toBe(content);
}

function describeUpstream(protocol: UpstreamProtocol): void {
  let upstream: ScriptedUpstream;
  let gateway: RunningGateway;
  let openingNanos: bigint;
  const counted = { whole: 0, failed: 0 };

  beforeAll(async () => {
    upstream = await startScriptedUpstream(protocol);
    gateway = await gatewayFor(protocol, upstream.url);
    openingNanos = (await readWallet(gateway, "demo")).balance;
  }, TEST_MS_MAX);

  afterAll(async () => {
    expect(await gateway.stop()).toBe(0);
    await upstream.close();
  }, TEST_MS_MAX);

  async function play(agent: Agent, script: Scenario, failures = 0): Promise<Ran> {
    upstream.play(script);
    const ran = await runAgent(agent, gateway, PROMPT);
    expect(upstream.faults).toEqual([]);
    counted.whole += upstream.asked.length - failures;
    counted.failed += failures;
    return ran;
  }

  /** The thoughts came back with their state, byte for byte; in chat the text is all there is. */
  function expectState(turn: number, ...thoughts: { text: string; state: string }[]): void {
    const due = thoughts.map(({ text, state }) => (protocol === "openai-chat" ? text : state));
    expect(upstream.asked[turn]?.states).toEqual(due);
    // Anthropic signs the text: it must be the same.
    if (protocol !== "anthropic-messages") return;
    for (const { text } of thoughts) {
      expect(upstream.bodies[turn]?.includes(JSON.stringify(text)), text).toBe(true);
    }
  }

  async function expectSteps(agent: Agent): Promise<void> {
    const ran = await play(agent, scenario.steps(agent));
    expectPrinted(ran, scenario.ANSWER);
    await expectFile(ran, scenario.FIRST_FILE);
    await expectFile(ran, scenario.SECOND_FILE);
    expect(upstream.asked.map(({ results }) => results.length)).toEqual([0, 1, 2]);
    expectState(1, scenario.FIRST_THOUGHT);
    expectState(2, scenario.FIRST_THOUGHT, scenario.SECOND_THOUGHT);
  }

  async function expectParallel(agent: Agent): Promise<void> {
    const ran = await play(agent, scenario.parallel(agent));
    expectPrinted(ran, scenario.ANSWER);
    await expectFile(ran, scenario.FIRST_FILE);
    expect(upstream.asked.map(({ results }) => results.length)).toEqual([0, 2]);
    expect(upstream.asked[1]?.results[1]).toContain(scenario.SHELL_WORD);
    expectState(1, scenario.FIRST_THOUGHT);
  }

  for (const agent of AGENTS) {
    test(`${agent.name}: two steps with thinking`, () => expectSteps(agent), TEST_MS_MAX);
    test(`${agent.name}: two calls at once`, () => expectParallel(agent), TEST_MS_MAX);
  }

  for (const agent of WHOLE_AGENTS) {
    const answers = async () => {
      expectPrinted(await play(agent, scenario.plain), scenario.ANSWER);
      expect(upstream.asked.length).toBe(1);
    };
    test(`${agent.name}: an answer`, answers, TEST_MS_MAX);
    for (const failure of ["error event", "cut"] as const) {
      const asksAgain = async () => {
        const ran = await play(agent, scenario.breaking(failure), 1);
        expectPrinted(ran, scenario.ANSWER);
        expect(upstream.asked.length).toBe(2);
      };
      test(`${agent.name}: asks again after a stream with ${failure}`, asksAgain, TEST_MS_MAX);
    }
    const showsRefusal = async () => {
      const ran = await play(agent, scenario.refusing, 0);
      counted.whole -= upstream.asked.length;
      counted.failed += upstream.asked.length;
      expect(ran.code).not.toBe(0);
      expect(ran.out + ran.err).toContain(REFUSAL);
    };
    test(`${agent.name}: shows a refusal`, showsRefusal, TEST_MS_MAX);
  }

  const isFair = async () => expect(await expectScriptedMoney(gateway, openingNanos)).toEqual(counted);
  test("whole answers are charged, failed ones are not", isFair, TEST_MS_MAX);
}

const isInstalled = requiredFile(
  "coding agents",
  AGENTS_FOLDER,
  "clients/agents/agents.test.ts says how to install them",
);
if (isInstalled) {
  for (const protocol of UPSTREAM_PROTOCOLS)
    describe(`agents before ${protocol}`, () => describeUpstream(protocol));
}
