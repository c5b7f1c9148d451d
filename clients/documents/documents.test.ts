/**
 * What every client is answered, whole and event by event, by the documents that OpenAI, Anthropic and Google publish of
 * their APIs, before upstreams of every other protocol. `.ci/run` installs them, and so may you (from the
 * repository's root, with any pip, after what clients/agents/agents.test.ts says):
 * pip install --only-binary :all: --target .run/specs --requirement clients/documents/requirements.txt
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { gatewayFor } from "../agents/gateways.ts";
import { ANSWER, FIRST_THOUGHT } from "../agents/scenarios.ts";
import { UPSTREAM_PROTOCOLS, type UpstreamProtocol } from "../agents/script.ts";
import { type Scenario, type ScriptedUpstream, startScriptedUpstream } from "../agents/upstream.ts";
import type { RunningGateway } from "../gateway.ts";
import { requiredFile } from "../required-tool.ts";
import { AJV_FILE, type Judge, openDocuments, SPECS_FOLDER } from "./documents.ts";
import { MODEL, QUESTIONS } from "./questions.ts";

const TEST_MS_MAX = 60_000;

const said = { kind: "text", text: ANSWER } as const;
const call = (id: string, place: string) =>
  ({ kind: "call", id, tool: "weather", input: { place } }) as const;

const scenario: Scenario = ({ tools }) =>
  tools.length === 0
    ? { pieces: [FIRST_THOUGHT, said] }
    : { pieces: [FIRST_THOUGHT, said, call("call_1", "Berlin"), call("call_2", "Potsdam")] };

function describeUpstream(protocol: UpstreamProtocol): void {
  let upstream: ScriptedUpstream;
  let gateway: RunningGateway;
  let documents: Awaited<ReturnType<typeof openDocuments>>;

  beforeAll(async () => {
    documents = await openDocuments();
    upstream = await startScriptedUpstream(protocol);
    gateway = await gatewayFor(protocol, upstream.url, [MODEL]);
  }, TEST_MS_MAX);

  afterAll(async () => {
    expect(await gateway.stop()).toBe(0);
    await upstream.close();
  }, TEST_MS_MAX);

  async function ask(client: Protocol, hasTools: boolean, isStream: boolean): Promise<Response> {
    const { path, body } = QUESTIONS[client];
    return await fetch(`${gateway.url}${path(isStream)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
      body: JSON.stringify(body(hasTools, isStream)),
    });
  }

  function judgeOf(client: Protocol): Judge {
    return documents[QUESTIONS[client].document];
  }

  async function expectRightEvents(client: Protocol, hasTools: boolean): Promise<{ type: string }[]> {
    const judge = judgeOf(client);
    const streamed = await (await ask(client, hasTools, true)).text();
    const events = [...streamed.matchAll(/^data: (\{.*\})\r?$/gm)].map(([, data]) => JSON.parse(data ?? ""));
    const wrongs = events.map((event) => judge(QUESTIONS[client].schemas.event, event));
    expect(wrongs.filter((wrong) => wrong !== "")).toEqual([]);
    return events;
  }

  async function expectRightAnswers(client: Protocol, hasTools: boolean): Promise<void> {
    upstream.play(scenario);
    const { schemas } = QUESTIONS[client];
    const judge = judgeOf(client);
    const whole = await ask(client, hasTools, false);
    expect(judge(schemas.whole, await whole.json())).toBe("");
    const events = await expectRightEvents(client, hasTools);
    expect(events.length).toBeGreaterThanOrEqual(3);
  }

  async function expectRightError(client: Protocol): Promise<void> {
    const { schemas } = QUESTIONS[client];
    upstream.play(() => ({ pieces: [], failure: "refusal" }));
    const refused = await ask(client, false, false);
    expect(refused.status).toBe(400);
    expect(judgeOf(client)(schemas.error, await refused.json())).toBe("");
  }

  /** The one protocol whose document has the event that tells of a failure. */
  async function expectRightFailure(): Promise<void> {
    upstream.play(() => ({ pieces: [said], failure: "error event" }));
    const events = await expectRightEvents("openai-responses", false);
    expect(events.at(-1)?.type).toBe("response.failed");
  }

  if (protocol !== "openai-responses")
    test("openai-responses: a failure in mid-stream", expectRightFailure, TEST_MS_MAX);

  // Where an upstream speaks the client's protocol its own bytes pass.
  for (const client of PROTOCOLS.filter((one) => one !== protocol)) {
    test(`${client}: an answer`, () => expectRightAnswers(client, false), TEST_MS_MAX);
    if (client !== "openai-completions")
      test(`${client}: calls`, () => expectRightAnswers(client, true), TEST_MS_MAX);
    // Google's document has no schema of errors.
    if (client !== "gemini") test(`${client}: an error`, () => expectRightError(client), TEST_MS_MAX);
  }
}

const mend = "clients/documents/documents.test.ts says how to install it";
const hasDocuments = requiredFile("vendors' documents", SPECS_FOLDER, mend);
if (hasDocuments && requiredFile("vendors' documents", AJV_FILE, mend)) {
  for (const protocol of UPSTREAM_PROTOCOLS)
    describe(`by the vendors' documents, before ${protocol}`, () => describeUpstream(protocol));
}
