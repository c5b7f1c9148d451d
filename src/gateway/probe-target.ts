import type { Model, Target } from "../core/model.ts";
import type { Operation, WireProtocol } from "../core/protocol.ts";
import type { TargetProbe } from "../core/target-probe.ts";
import { wayTo } from "../core/way.ts";
import { sendUpstream } from "./send-upstream.ts";

const PROMPT = "Say OK.";
const MESSAGES = [{ role: "user", content: PROMPT }];

/** The smallest honest request of each protocol. */
const PROBES: Record<WireProtocol, (model: string) => object> = {
  "anthropic-messages": (model) => ({ model, max_tokens: 16, messages: MESSAGES }),
  "openai-chat": (model) => ({ model, messages: MESSAGES }),
  "openai-responses": (model) => ({ model, input: PROMPT, max_output_tokens: 16 }),
  "openai-completions": (model) => ({ model, prompt: PROMPT, max_tokens: 16 }),
  gemini: () => ({ contents: [{ role: "user", parts: [{ text: PROMPT }] }] }),
  "openai-embeddings": (model) => ({ model, input: PROMPT }),
  "gemini-embeddings": () => ({ content: { parts: [{ text: PROMPT }] } }),
  "openai-speech": (model) => ({ model, input: PROMPT, voice: "alloy", response_format: "wav" }),
  "openai-transcriptions": () => ({}),
  "openai-moderations": (model) => ({ model, input: PROMPT }),
  rerank: (model) => ({ model, query: PROMPT, documents: [PROMPT] }),
  "openai-images": (model) => ({ model, prompt: PROMPT }),
};

/** A tenth of a second of silence: 16 kHz, 16 bits, one channel. */
function silence(): Blob {
  const bytes = Buffer.alloc(44 + 3_200);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  for (const [at, value] of [
    [16, 16],
    [24, 16_000],
    [28, 32_000],
    [40, 3_200],
  ] as const)
    bytes.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    bytes.writeUInt16LE(value, at);
  bytes.write("data", 36, "latin1");
  return new Blob([bytes]);
}

async function bodyOf(protocol: WireProtocol, model: string) {
  if (protocol !== "openai-transcriptions")
    return { body: new TextEncoder().encode(JSON.stringify(PROBES[protocol](model))) };
  const form = new FormData();
  form.set("model", model);
  form.set("file", silence(), "silence.wav");
  const made = new Response(form);
  return { contentType: made.headers.get("content-type") ?? "", body: await made.bytes() };
}

const OPERATIONS: Partial<Record<WireProtocol, Operation>> = {
  "openai-embeddings": "embed",
  "gemini-embeddings": "embed",
  "openai-transcriptions": "transcribe",
  rerank: "rerank",
};

const PROBE_MS = 30_000;

/**
 * Asks one target of a model for a word, past keys and ledger: the operator's own test, paid to the
 * vendor only. In the first protocol that the model is served in and the target's upstream speaks.
 */
export async function probeTarget({ protocols }: Model, target: Target): Promise<TargetProbe> {
  const spoken = target.upstream.protocols;
  const own = protocols.find((candidate) => wayTo(target, candidate) === candidate);
  const protocol = own ?? spoken[0] ?? "openai-chat";
  const started = performance.now();
  const base = { upstream: target.upstream.id, model: target.model, protocol };
  const took = () => Math.round(performance.now() - started);
  try {
    const response = await sendUpstream({
      target,
      protocol,
      operation: OPERATIONS[protocol] ?? "generate",
      stream: false,
      clientHeaders: new Headers(),
      ...(await bodyOf(protocol, target.model)),
      signal: AbortSignal.timeout(PROBE_MS),
    });
    const text = await response.text();
    const reason = response.ok ? "" : text.slice(0, 200);
    return { ...base, ok: response.ok, status: response.status, took_ms: took(), reason };
  } catch (fault) {
    return {
      ...base,
      ok: false,
      status: 0,
      took_ms: took(),
      reason: fault instanceof Error ? fault.message : String(fault),
    };
  }
}
