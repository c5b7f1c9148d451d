import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { codeOf } from "../../console/src/pages/playground/code.ts";
import type { Asked, PlaygroundProtocol } from "../../console/src/pages/playground/protocols/protocol.ts";
import { PROTOCOLS } from "../../console/src/pages/playground/protocols/protocols.ts";
import { streamAnswer } from "../../console/src/pages/playground/stream.ts";
import {
  callsOf,
  grown,
  type MediaPart,
  type Part,
  type Turn,
  textOf,
} from "../../console/src/pages/playground/turns.ts";
import { baseUrlsAt } from "../../src/core/offering.ts";
import { newFolder } from "../support/folder.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PICTURE: MediaPart = { kind: "media", mime: "image/png", base64: PIXEL, name: "dot.png" };

const ASKED: Omit<Asked, "turns"> = {
  model: "demo",
  system: 'It\'s a \\ $HOME `test`: "be brief"',
  temperature: 0.5,
  outputTokensMax: undefined,
  effort: "low",
  thinking: {},
  tools: [
    {
      name: "get_weather",
      description: "The weather now.",
      schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  ],
};

/** Whatever a shell or a program could take for its own. */
const SAID = "Say 'hi' for $5 \\ and `date`, true\nor \"false\"";

const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const said = (text: string): Part => ({ kind: "text", text });

let gateway: TestGateway;
let customer: Customer;
beforeAll(async () => {
  gateway = await startGateway({ config: {} });
  customer = await gateway.customer({ usd: "5" });
});
const folders: (() => void)[] = [];
afterAll(async () => {
  for (const remove of folders) remove();
  await gateway.close();
});

async function ask(protocol: PlaygroundProtocol, turns: readonly Turn[], wishes: Partial<Asked> = {}) {
  let parts: readonly Part[] = [];
  let requestId: string | null = null;
  await streamAnswer({
    protocol,
    asked: { ...ASKED, ...wishes, turns },
    key: customer.key,
    signal: new AbortController().signal,
    origin: gateway.url,
    onHead(head) {
      requestId = head.requestId;
    },
    onPiece(piece) {
      parts = grown(parts, piece);
    },
  });
  return { turn: { role: "assistant" as const, parts }, requestId };
}

const TOOLED = PROTOCOLS.filter(({ id }) => id !== "openai-completions");

describe.each(TOOLED.map((protocol) => [protocol.id, protocol] as const))("in %s", (_id, protocol) => {
  test("thinking is shown, a call is answered by hand, and the model goes on", async () => {
    const question = user(PICTURE, said("Use the tool get_weather"));
    const { turn, requestId } = await ask(protocol, [question]);
    expect(requestId).toMatch(/^[\w-]+$/);
    const thought = turn.parts.find(({ kind }) => kind === "thought");
    expect(thought).toMatchObject({ text: expect.stringContaining("get_weather") });
    const [call] = callsOf(turn);
    if (!call) throw new Error("the tool was not called");
    expect(call.name).toBe("get_weather");
    expect(JSON.parse(call.input)).toHaveProperty("city");
    const result: Part = { kind: "result", callId: call.callId, name: call.name, text: "21 degrees" };
    const { turn: answer } = await ask(protocol, [question, turn, user(result)]);
    expect(textOf(answer.parts)).toContain("21 degrees");
  });

  test("plain talk goes on over turns", async () => {
    const wishes = { effort: undefined, tools: [] };
    const first = await ask(protocol, [user(said("One"))], wishes);
    const { turn } = await ask(protocol, [user(said("One")), first.turn, user(said("Two"))], wishes);
    expect(turn.parts.map(({ kind }) => kind)).toEqual(["text"]);
    expect(textOf(turn.parts)).toContain("Two");
  });

  test("an error is told in the gateway's words", async () => {
    const asked = ask(protocol, [user(said("Hello"))], { model: "no-such-model" });
    expect(asked).rejects.toThrow("no-such-model");
  });
});

test("completions go on with the text", async () => {
  const completions = PROTOCOLS.find(({ id }) => id === "openai-completions");
  if (!completions) throw new Error("no completions");
  const { turn } = await ask(completions, [user(said("Once upon"))]);
  expect(textOf(turn.parts)).toContain("demo");
});

/** Runs a program in a folder with the picture; its output, or its complaint. */
async function run(command: readonly string[], folder: string): Promise<string> {
  const child = Bun.spawn([...command], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", QUOIN_API_KEY: customer.key, NO_PROXY: "127.0.0.1" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return (await child.exited) === 0 ? out : complaint;
}

describe.each(PROTOCOLS.map((protocol) => [protocol.id, protocol] as const))(
  "as code, %s",
  (id, protocol) => {
    const turns = [user(PICTURE, said(SAID))];
    const brand = { name: "Quoin", logo: null, colors: {}, key_variable: "QUOIN_API_KEY" };
    const view = () => ({
      protocol,
      asked: { ...ASKED, outputTokensMax: 2000, turns },
      meta: { base_urls: baseUrlsAt(gateway.app.gateway.snapshot().offering, gateway.url), brand },
    });
    const hasPicture = id !== "openai-completions";

    async function written(name: string, code: string) {
      const { path: folder, remove } = newFolder();
      folders.push(remove);
      await Bun.write(join(folder, "dot.png"), Buffer.from(PIXEL, "base64"));
      await Bun.write(join(folder, name), code);
      return folder;
    }

    test("curl asks the same", async () => {
      const code = codeOf("curl", view());
      expect(code.includes("base64 < dot.png")).toBe(hasPicture);
      const out = await run(["sh", "ask.sh"], await written("ask.sh", code));
      const events = out.split(/\r?\n/).filter((line) => line.startsWith("data: {"));
      const pieces = events.flatMap((line) => protocol.read(JSON.parse(line.slice("data: ".length))));
      expect(textOf(pieces.reduce(grown, []))).toContain(SAID);
    });

    test("TypeScript asks the same", async () => {
      const code = codeOf("typescript", view());
      expect(code.includes('base64Of("dot.png")')).toBe(hasPicture);
      const folder = await written("ask.ts", code);
      await Bun.$`ln -s ${join(import.meta.dir, "../../node_modules")} ${join(folder, "node_modules")}`;
      expect(await run([process.execPath, "ask.ts"], folder)).toContain("demo");
    });

    test("Python is Python", async () => {
      const code = codeOf("python", view());
      expect(code.includes('bytes_of("dot.png")')).toBe(hasPicture);
      const folder = await written("ask.py", code);
      expect(await run(["python3", "-m", "py_compile", "ask.py"], folder)).toBe("");
    });
  },
);
