import type { Model, Target } from "../core/model.ts";
import type { Protocol } from "../core/protocol.ts";
import type { TargetProbe } from "../core/target-probe.ts";
import { sendUpstream } from "./send-upstream.ts";

const PROMPT = "Say OK.";
const MESSAGES = [{ role: "user", content: PROMPT }];

/** The smallest honest request of each protocol. */
const PROBES: Record<Protocol, (model: string) => object> = {
  "anthropic-messages": (model) => ({ model, max_tokens: 16, messages: MESSAGES }),
  "openai-chat": (model) => ({ model, messages: MESSAGES }),
  "openai-responses": (model) => ({ model, input: PROMPT, max_output_tokens: 16 }),
  "openai-completions": (model) => ({ model, prompt: PROMPT, max_tokens: 16 }),
  gemini: () => ({ contents: [{ role: "user", parts: [{ text: PROMPT }] }] }),
};

const PROBE_MS = 30_000;

/**
 * Asks one target of a model for a word, past keys and ledger: the operator's own test, paid to the
 * vendor only. In the first protocol that the model is served in and the target's upstream speaks.
 */
export async function probeTarget({ protocols }: Model, target: Target): Promise<TargetProbe> {
  const spoken = target.upstream.protocols;
  const protocol = protocols.find((candidate) => spoken.includes(candidate)) ?? spoken[0] ?? "openai-chat";
  const started = performance.now();
  const base = { upstream: target.upstream.id, model: target.model, protocol };
  const took = () => Math.round(performance.now() - started);
  try {
    const response = await sendUpstream({
      target,
      protocol,
      operation: "generate",
      stream: false,
      clientHeaders: new Headers(),
      body: new TextEncoder().encode(JSON.stringify(PROBES[protocol](target.model))),
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
