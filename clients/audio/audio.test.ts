/**
 * Speech and transcription by real engines behind the gateway, through the official SDK. `.ci/run` installs them, and
 * so may you: apt-get install espeak-ng pocketsphinx pocketsphinx-en-us
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import OpenAI, { toFile } from "openai";
import { type RunningGateway, startGateway } from "../gateway.ts";
import type { RequestRow } from "../proof.ts";
import { requiredProgram } from "../required-tool.ts";
import { type Engines, startEngines } from "./engines.ts";

const TEST_MS_MAX = 60_000;
const SUITE = "audio engines";

function configOver(url: string): object {
  const targets = [{ upstream: "engines" }];
  return {
    upstreams: [{ id: "engines", provider: "openai-compatible", base_url: url }],
    models: [
      { id: "espeak", category: "speech", price: { characters: "15" }, targets },
      { id: "sphinx", category: "transcription", price: { minute: "0.006" }, targets },
    ],
  };
}

const programs = ["espeak-ng", "pocketsphinx_continuous"];
if (programs.every((program) => requiredProgram(SUITE, program))) {
  describe(SUITE, () => {
    let engines: Engines;
    let gateway: RunningGateway;
    let client: OpenAI;

    beforeAll(async () => {
      engines = await startEngines();
      const path = join(engines.folder, "quoin.yaml");
      await Bun.write(path, JSON.stringify(configOver(engines.url)));
      gateway = await startGateway(path);
      client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    }, TEST_MS_MAX);
    afterAll(async () => {
      expect(await gateway.stop()).toBe(0);
      await engines.close();
    }, TEST_MS_MAX);

    const lastRow = async (): Promise<RequestRow> => {
      const { requests } = await gateway.json<{ requests: RequestRow[] }>(
        "requests",
        "list",
        "--account",
        "demo",
      );
      const [row] = requests;
      if (!row) throw new Error("nothing was recorded");
      return row;
    };

    test.each(["open the window", "close the garage", "good morning everybody"])(
      "what espeak-ng says, pocketsphinx hears: %s",
      async (order) => {
        const spoken = await client.audio.speech.create({
          model: "espeak",
          input: order,
          voice: "alloy",
          response_format: "wav",
        });
        const wav = Buffer.from(await spoken.arrayBuffer());
        expect((await lastRow()).charge_nanos).toBe(String(order.length * 15_000));
        const file = await toFile(wav, "order.wav");
        const { text } = await client.audio.transcriptions.create({ model: "sphinx", file });
        expect(text).toBe(order);
        // The engine reports nothing: the file's own header does.
        const seconds = Math.ceil((wav.length - 44) / 2 / wav.readUInt32LE(24));
        expect(await lastRow()).toMatchObject({
          usage: { seconds },
          usage_source: "estimated",
          charge_nanos: String(seconds * 100_000),
        });
        const verbose = await client.audio.transcriptions.create({
          model: "sphinx",
          file,
          response_format: "verbose_json",
        });
        expect(Math.ceil(verbose.duration)).toBe(seconds);
        expect((await lastRow()).usage_source).toBe("reported");
        const plain = await client.audio.transcriptions.create({
          model: "sphinx",
          file,
          response_format: "text",
        });
        expect(String(plain).trim()).toBe(order);
      },
      TEST_MS_MAX,
    );

    test("the ledger is right", async () => {
      await gateway.command("ledger", "prove");
    });
  });
}
