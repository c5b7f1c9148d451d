/** An upstream on a real socket that follows a script in one vendor's protocol. */
import { type FakeUpstream, type Reply, startFakeUpstream } from "../../test/support/fake-upstream.ts";
import { json } from "../../test/support/scripts.ts";
import type { Answer, Asked, Json, UpstreamProtocol, Wire } from "./script.ts";
import { anthropicWire } from "./wire/anthropic.ts";
import { chatWire } from "./wire/chat.ts";
import { geminiWire } from "./wire/gemini.ts";
import { responsesWire } from "./wire/responses.ts";

const WIRES: Readonly<Record<UpstreamProtocol, Wire>> = {
  "anthropic-messages": anthropicWire,
  "openai-chat": chatWire,
  "openai-responses": responsesWire,
  gemini: geminiWire,
};

/** Says what to answer to a request; `turn` counts the requests from 0. */
export type Scenario = (asked: Asked, turn: number) => Answer;

export interface ScriptedUpstream {
  readonly url: string;
  /** What was asked since `play`. */
  readonly asked: readonly Asked[];
  /** Bodies as they came. */
  readonly bodies: readonly string[];
  /** Mistakes of the script: a tool that was not declared. */
  readonly faults: readonly Error[];
  play(scenario: Scenario): void;
  close(): Promise<void>;
}

const SSE = { "content-type": "text/event-stream; charset=utf-8" };
const FAILURE = "the scripted upstream fails here";
/** In its error of status 400. */
export const REFUSAL = "the scripted upstream does not like this request";

async function writeAll(reply: Reply, events: readonly string[]): Promise<void> {
  await reply.head(200, SSE);
  for (const event of events) await reply.write(event);
}

/** The pieces without what ends the stream, then the failure. */
async function fail(reply: Reply, wire: Wire, answer: Answer, asked: Asked): Promise<void> {
  await writeAll(reply, wire.stream(answer, asked.tools).slice(0, -wire.endEvents));
  // What came before must be on its way to the client; an RST overtakes what the other side has not read yet.
  await Bun.sleep(50);
  if (answer.failure === "error event") {
    await reply.write(wire.error(FAILURE));
    await reply.end();
    return;
  }
  reply.reset();
}

/** Every vendor's error has its words here. */
function errorBody(message: string): Json {
  return {
    type: "error",
    error: { message, type: "invalid_request_error", code: 400, status: "INVALID_ARGUMENT" },
  };
}

const LIMITED: Json = {
  type: "error",
  error: {
    ...{ message: "the scripted upstream has had enough for a second", type: "rate_limit_error" },
    ...{ code: "rate_limit_exceeded", status: "RESOURCE_EXHAUSTED" },
  },
};

async function answerWith(reply: Reply, wire: Wire, answer: Answer, asked: Asked): Promise<void> {
  if (answer.failure === "refusal") return await json(errorBody(REFUSAL), 400)(reply, NOBODY);
  if (answer.failure === "limit") return await json(LIMITED, 429, { "retry-after": "1" })(reply, NOBODY);
  if (!asked.streamed) {
    const script = answer.failure ? json(errorBody(FAILURE), 500) : json(wire.whole(answer, asked.tools));
    return await script(reply, NOBODY);
  }
  if (answer.failure) return await fail(reply, wire, answer, asked);
  await writeAll(reply, wire.stream(answer, asked.tools));
  await reply.end();
}

const NOBODY = { method: "", path: "", headers: {}, body: new Uint8Array(), text: "", closed: () => false };

/** Starts an upstream that speaks `protocol`. */
export async function startScriptedUpstream(protocol: UpstreamProtocol): Promise<ScriptedUpstream> {
  const wire = WIRES[protocol];
  const fake: FakeUpstream = await startFakeUpstream();
  const asked: Asked[] = [];
  const bodies: string[] = [];
  const faults: Error[] = [];
  const play = (scenario: Scenario) => {
    asked.length = 0;
    bodies.length = 0;
    faults.length = 0;
    fake.otherwise(async (reply, seen) => {
      const body = JSON.parse(seen.text) as Json;
      const streamed = body.stream === true || seen.path.includes(":streamGenerateContent");
      const one = { ...wire.read(body), streamed };
      asked.push(one);
      bodies.push(seen.text);
      try {
        await answerWith(reply, wire, scenario(one, asked.length - 1), one);
      } catch (fault) {
        faults.push(fault as Error);
        reply.reset();
      }
    });
  };
  return { url: fake.url, asked, bodies, faults, play, close: fake.close };
}
