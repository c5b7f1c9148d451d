/**
 * llmprobe, an outside judge of OpenAI-compatible endpoints, on what clients of every surface get of upstreams of
 * every protocol. clients/agents/agents.test.ts says how to install it.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { cleanEnvironment, type RunningGateway, run, startGateway } from "../gateway.ts";
import { requiredFile } from "../required-tool.ts";

const PROGRAM = resolve(import.meta.dir, "../../.run/agents/node_modules/llmprobe/bin/dist/llmprobe.mjs");
const PROBE_MS_MAX = 120_000;
/** Assertions that hold at the least: fewer mean that it did not find its surfaces. */
const PASSED_MIN = 170;
const SURFACES = ["models", "chat", "responses", "messages", "count-tokens", "completions"];

/** Cases that are wrong, or ask for what cannot be had, whatever the gateway does; by the model where only there. */
const EXCUSED: readonly {
  readonly cases: readonly string[];
  readonly model?: string;
  readonly why: string;
}[] = [
  {
    cases: ["chat-logprobs"],
    why: "the demo has no probabilities to tell; an upstream without them is named in x-quoin-warnings",
  },
  {
    cases: ["responses-previous-response-id"],
    why: "the demo repeats the last words and remembers none before them",
  },
  {
    model: "by-anthropic-messages",
    cases: ["chat-json-mode", "responses-json-mode"],
    why: "Anthropic has no such mode; it becomes an instruction, which the demo does not follow",
  },
  {
    model: "by-anthropic-messages",
    cases: ["messages-basic", "messages-streaming", "messages-reasoning-roundtrip"],
    why: "its schema refuses `citations: null`, which Anthropic's own types require of a text block",
  },
  {
    model: "by-openai-responses",
    cases: ["chat-limits-max-tokens", "messages-limits-max-tokens"],
    why: "it asks for 8 tokens, and OpenAI's Responses API takes no limit under 16",
  },
];

interface Report {
  readonly conformance: {
    readonly passed: number;
    readonly bySurface: readonly { readonly surface: string; readonly passed: number }[];
    readonly results: readonly {
      readonly id: string;
      readonly outcome: string;
      readonly failures?: readonly { readonly severity: string; readonly message: string }[];
    }[];
  };
}

/** What it says must be otherwise, but for what is excused. */
function wrongs({ conformance }: Report, model: string): string[] {
  const here = EXCUSED.filter((excuse) => (excuse.model ?? model) === model);
  const excused = new Set(here.flatMap(({ cases }) => cases));
  return conformance.results
    .filter(({ id }) => !excused.has(id))
    .flatMap(({ id, failures = [] }) =>
      failures
        .filter(({ severity }) => severity === "MUST")
        .map(({ message }) => `${id}: ${message.slice(0, 300)}`),
    );
}

function describeProbes(): void {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway(join(import.meta.dir, "quoin.yaml"));
  }, PROBE_MS_MAX);
  afterAll(async () => {
    expect(await gateway.stop()).toBe(0);
  }, PROBE_MS_MAX);

  async function probe(model: string): Promise<void> {
    const line = ["node", PROGRAM, `${gateway.url}/v1`, "-m", model, "-k", gateway.key];
    const options = ["--no-bench", "--no-save", "--json"];
    const ran = await run([...line, ...options], {
      env: cleanEnvironment(gateway.folder),
      cwd: gateway.folder,
      msMax: PROBE_MS_MAX,
    });
    const report = JSON.parse(ran.out) as Report;
    expect(wrongs(report, model)).toEqual([]);
    expect(report.conformance.passed).toBeGreaterThanOrEqual(PASSED_MIN);
    expect(report.conformance.bySurface.map(({ surface }) => surface)).toEqual(SURFACES);
  }

  for (const model of ["by-anthropic-messages", "by-openai-chat", "by-openai-responses", "by-gemini"]) {
    test(`llmprobe finds nothing wrong: ${model}`, () => probe(model), PROBE_MS_MAX);
  }
}

if (requiredFile("llmprobe", PROGRAM, "clients/agents/agents.test.ts says how to install it"))
  describeProbes();
