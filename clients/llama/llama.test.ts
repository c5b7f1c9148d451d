/**
 * A real small model behind llama.cpp's own server, asked through every client protocol. `.ci/run` installs both,
 * and so may you (370 MB); from the repository's root:
 * python3 -m venv .run/llama && .run/llama/bin/pip install --only-binary :all: -r clients/llama/requirements.txt
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { newFolder } from "../../test/support/folder.ts";
import { cleanEnvironment, type RunningGateway, startGateway } from "../gateway.ts";
import { expectProvenMoney, readWallet } from "../proof.ts";
import { requiredFile } from "../required-tool.ts";
import { DIALOGS, MODEL } from "./dialogs.ts";

const PYTHON = resolve(import.meta.dir, "../../.run/llama/bin/python");
const SERVE = join(import.meta.dir, "serve.py");
const TEST_MS_MAX = 60_000;

interface Heard {
  readonly text: string;
  readonly tokens: readonly unknown[];
}

async function addressOf(out: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of out) {
    text += decoder.decode(chunk, { stream: true });
    const address = /^listening at (\S+)$/m.exec(text)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`llama.cpp's server ended before it listened: ${text}`);
}

function quoinYaml(address: string): string {
  return [
    "upstreams:",
    `  - { id: llama, provider: openai-compatible, base_url: "${address}/v1", protocols: [openai-chat] }`,
    "models:",
    `  - id: ${MODEL}`,
    "    context_tokens: 4096",
    '    price: { input: "1", output: "2" }',
    "    targets: [{ upstream: llama }]",
    "",
  ].join("\n");
}

function describeLlama(): void {
  const folder = newFolder();

  let server: Bun.Subprocess<"pipe", "pipe", "ignore">;
  let gateway: RunningGateway;
  let openingNanos: bigint;
  /** The model's greedy answer: the same for whoever asks. */
  let greedy: Heard;

  beforeAll(async () => {
    server = Bun.spawn([PYTHON, SERVE, folder.path], {
      env: cleanEnvironment(folder.path),
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    });
    const file = join(folder.path, "quoin.yaml");
    await writeFile(file, quoinYaml(await addressOf(server.stdout)));
    gateway = await startGateway(file);
    openingNanos = (await readWallet(gateway, "demo")).balance;
    greedy = await askWhole("openai-chat");
  }, TEST_MS_MAX);

  afterAll(async () => {
    expect(await gateway.stop()).toBe(0);
    server.kill();
    await server.exited;
    folder.remove();
  }, TEST_MS_MAX);

  async function ask(protocol: Protocol, isStream: boolean): Promise<Response> {
    const { path, body } = DIALOGS[protocol];
    const streamed = isStream && protocol !== "gemini" ? { stream: true } : {};
    const usage =
      isStream && /chat|completions/.test(protocol) ? { stream_options: { include_usage: true } } : {};
    const answer = await fetch(`${gateway.url}${path(isStream)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
      body: JSON.stringify({ ...body, ...streamed, ...usage }),
    });
    expect(answer.status).toBe(200);
    return answer;
  }

  async function askWhole(protocol: Protocol): Promise<Heard> {
    const { whole, tokens } = DIALOGS[protocol];
    const answer = (await (await ask(protocol, false)).json()) as Record<string, unknown>;
    return { text: String(whole(answer)), tokens: tokens(answer) };
  }

  async function askStream(protocol: Protocol): Promise<Heard & { pieces: number }> {
    const { piece, tokens } = DIALOGS[protocol];
    const text = await (await ask(protocol, true)).text();
    const events = [...text.matchAll(/^data: (\{.*\})\r?$/gm)].map(([, data]) => JSON.parse(data ?? ""));
    const pieces = events
      .map(piece)
      .filter((added): added is string => typeof added === "string" && added !== "");
    const told = events.map(tokens).findLast(([, output]) => typeof output === "number") ?? [];
    return { text: pieces.join(""), tokens: told, pieces: pieces.length };
  }

  test("the model says something", () => {
    expect(greedy.text.length).toBeGreaterThan(20);
    expect(greedy.tokens).toEqual([expect.any(Number), expect.any(Number)]);
  });

  for (const protocol of PROTOCOLS) {
    const answersAlike = async () => {
      expect(await askWhole(protocol)).toEqual(greedy);
      const { pieces, ...streamed } = await askStream(protocol);
      expect(streamed.text).toBe(greedy.text);
      // Anthropic's first event, which has the input, comes before the upstream has counted it.
      expect(streamed.tokens.at(-1)).toBe(greedy.tokens.at(-1));
      expect(pieces).toBeGreaterThan(5);
    };
    test(`the same answer by ${protocol}, whole and streamed`, answersAlike, TEST_MS_MAX);
  }

  const isFair = async () => {
    const rows = await expectProvenMoney(gateway, "demo", openingNanos);
    expect(rows.length).toBe(1 + 2 * PROTOCOLS.length);
  };
  test("every answer is charged by the server's own count", isFair, TEST_MS_MAX);
}

const mend = "clients/llama/llama.test.ts says how to install it";
if (requiredFile("llama.cpp with a real model", PYTHON, mend)) describe("llama.cpp", describeLlama);
