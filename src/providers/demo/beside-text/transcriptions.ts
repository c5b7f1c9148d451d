import { audioSeconds } from "../../../base/audio-seconds.ts";
import type { Operation } from "../../../core/protocol.ts";
import { plainEvent } from "../demo-answer.ts";
import { DemoRefusal } from "../refusal.ts";

/** What the demo says of a file, as a transcript would stand. */
interface Heard {
  readonly text: string;
  /** Whole seconds. */
  readonly seconds: number;
  readonly operation: Operation;
}

/** `00:00:03,000`, with the mark that a form of subtitles wants before the milliseconds. */
function timestamp(seconds: number, mark: string): string {
  const part = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${part(seconds / 3600)}:${part((seconds / 60) % 60)}:${part(seconds % 60)}${mark}000`;
}

const plain = (text: string) =>
  new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });

const usageOf = ({ seconds }: Heard) => ({ type: "duration", seconds });

function* events(heard: Heard): Generator<string> {
  for (const word of heard.text.split(/(?<= )/))
    yield plainEvent({ type: "transcript.text.delta", delta: word });
  yield plainEvent({ type: "transcript.text.done", text: heard.text, usage: usageOf(heard) });
}

const segment = (heard: Heard) => ({ id: 0, start: 0, end: heard.seconds, text: heard.text });

const FORMATS: Readonly<Record<string, (heard: Heard) => Response>> = {
  json: (heard) => Response.json({ text: heard.text, usage: usageOf(heard) }),
  text: ({ text }) => plain(`${text}\n`),
  srt: ({ text, seconds }) => plain(`1\n${timestamp(0, ",")} --> ${timestamp(seconds, ",")}\n${text}\n\n`),
  vtt: ({ text, seconds }) =>
    plain(`WEBVTT\n\n${timestamp(0, ".")} --> ${timestamp(seconds, ".")}\n${text}\n\n`),
  verbose_json: (heard) =>
    Response.json({
      task: heard.operation === "transcribe" ? "transcribe" : "translate",
      language: "english",
      duration: heard.seconds,
      text: heard.text,
      segments: [
        {
          ...segment(heard),
          seek: 0,
          tokens: [],
          temperature: 0,
          avg_logprob: 0,
          compression_ratio: 1,
          no_speech_prob: 0,
        },
      ],
      usage: usageOf(heard),
    }),
  diarized_json: (heard) =>
    Response.json({
      task: "transcribe",
      duration: heard.seconds,
      text: heard.text,
      segments: [{ ...segment(heard), id: "seg_0", type: "transcript.text.segment", speaker: "A" }],
      usage: usageOf(heard),
    }),
};

async function secondsOf(file: Blob): Promise<number> {
  const bytes = await file.bytes();
  const read = async (position: number, length: number) => bytes.subarray(position, position + length);
  return Math.ceil((await audioSeconds({ size: bytes.length, read })) ?? 0);
}

type Form = Awaited<ReturnType<Response["formData"]>>;

function fieldOf(form: Form, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

async function formOf(body: Uint8Array, contentType: string): Promise<Form> {
  try {
    return await new Response(Uint8Array.from(body), { headers: { "content-type": contentType } }).formData();
  } catch (fault) {
    throw new DemoRefusal("not_json", null, `The form cannot be read: ${(fault as Error).message}.`);
  }
}

/**
 * Transcribes a file in every form that OpenAI has: the demo does not hear, and says what it got.
 * @throws DemoRefusal
 */
export async function demoTranscription(
  body: Uint8Array,
  contentType: string,
  operation: Operation,
): Promise<Response> {
  const form = await formOf(body, contentType);
  const file = form.get("file");
  if (!(file instanceof Blob))
    throw new DemoRefusal("missing", "file", "is missing: send the audio as a file.");
  const name = fieldOf(form, "response_format") || "json";
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (!format)
    throw new DemoRefusal(
      "wrong_value",
      "response_format",
      `must be one of ${Object.keys(FORMATS).join(", ")}.`,
    );
  const seconds = await secondsOf(file);
  const text = `This is Quoin's demo, which does not hear: it got ${file.size} bytes of audio, ${seconds} seconds long.`;
  const heard: Heard = { text, seconds, operation };
  if (fieldOf(form, "stream") !== "true") return format(heard);
  return new Response([...events(heard)].join(""), {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
  });
}
