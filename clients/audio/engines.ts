/** Real engines behind OpenAI's audio endpoints, on loopback: espeak-ng speaks, pocketsphinx hears. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../gateway.ts";

export interface Engines {
  /** With the version. */
  readonly url: string;
  /** Removed by `close`. */
  readonly folder: string;
  close(): Promise<void>;
}

const RUN_MS_MAX = 30_000;
/** What pocketsphinx's model was made from. */
const HEARD_RATE = 16_000;
const WAV_HEAD_BYTES = 44;
/** It needs some silence around speech. */
const PAUSE_SAMPLES = 4_000;

async function printed(line: readonly string[], folder: string): Promise<string> {
  const env = { PATH: process.env.PATH ?? "", LANG: "C.UTF-8" };
  const { code, out, err } = await run(line, { env, cwd: folder, msMax: RUN_MS_MAX });
  if (code !== 0) throw new Error(`${line.join(" ")} ended with ${code}: ${err}`);
  return out.trim();
}

/** The samples of a WAV of 16 bits in another rate, straight lines between them. */
function resampled(wav: Buffer): Int16Array {
  const rate = wav.readUInt32LE(24);
  const count = Math.floor((wav.length - WAV_HEAD_BYTES) / 2);
  const at = (index: number) => wav.readInt16LE(WAV_HEAD_BYTES + 2 * Math.min(index, count - 1));
  const samples = new Int16Array(Math.floor((count * HEARD_RATE) / rate) + 2 * PAUSE_SAMPLES);
  for (let index = 0; index < samples.length - 2 * PAUSE_SAMPLES; index++) {
    const place = (index * rate) / HEARD_RATE;
    const before = Math.floor(place);
    samples[PAUSE_SAMPLES + index] = at(before) + (at(before + 1) - at(before)) * (place - before);
  }
  return samples;
}

async function speak(folder: string, text: string): Promise<Response> {
  const path = join(folder, `${crypto.randomUUID()}.wav`);
  await printed(["espeak-ng", "-s", "130", "-w", path, text], folder);
  return new Response(Bun.file(path), { headers: { "content-type": "audio/wav" } });
}

async function hear(folder: string, wav: Buffer): Promise<{ text: string; duration: number }> {
  const path = join(folder, `${crypto.randomUUID()}.raw`);
  await Bun.write(path, resampled(wav));
  const grammar = join(import.meta.dir, "orders.gram");
  const line = ["pocketsphinx_continuous", "-infile", path, "-jsgf", grammar, "-logfn", "/dev/null"];
  const text = await printed(line, folder);
  return { text, duration: (wav.length - WAV_HEAD_BYTES) / 2 / wav.readUInt32LE(24) };
}

async function transcribe(folder: string, request: Request): Promise<Response> {
  const form = await request.formData();
  const file = form.get("file");
  if (!(file instanceof Blob)) return Response.json({ error: { message: "no file" } }, { status: 400 });
  const { text, duration } = await hear(folder, Buffer.from(await file.arrayBuffer()));
  const format = form.get("response_format") ?? "json";
  if (format === "text") return new Response(`${text}\n`, { headers: { "content-type": "text/plain" } });
  return Response.json(format === "verbose_json" ? { text, duration, segments: [] } : { text });
}

export async function startEngines(): Promise<Engines> {
  const folder = await mkdtemp(join(tmpdir(), "quoin-engines-"));
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/v1/audio/transcriptions") return await transcribe(folder, request);
      if (pathname !== "/v1/audio/speech") return new Response("no such path", { status: 404 });
      const { input } = (await request.json()) as { input: string };
      return await speak(folder, input);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    folder,
    async close() {
      await server.stop(true);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
