import { Raw, rawIndex, writeJson } from "../base/raw-json.ts";
import { encodingOf } from "../base/unpack.ts";
import type { Loss } from "../core/generation/loss.ts";
import { asList, asObject, type JsonObject } from "../core/json.ts";
import { parseObject } from "../protocols/read-json.ts";
import { contains } from "../protocols/text-bytes.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { tellLosses } from "./translate-exchange.ts";
import { readWhole } from "./upstream-reader.ts";
import type { UpstreamSend } from "./upstream-send.ts";

const encoder = new TextEncoder();

/** OpenAI's code for reasoning that was sealed for another of its accounts, or by a key that is no more. */
const INVALID = encoder.encode("invalid_encrypted_content");

const LOSS: Loss = {
  action: "dropped",
  path: "input",
  reason: "reasoning that the upstream could not open",
};

/**
 * Sends a request. Where a Responses upstream cannot open the reasoning of earlier turns, it is asked once
 * more without it: the conversation would be stuck for good, since every next turn sends it again. That is
 * told as a loss, and not done for a client that refuses losses.
 */
export async function sendOrUnseal(
  gateway: Gateway,
  exchange: Exchange,
  send: UpstreamSend & { readonly body: Uint8Array },
): Promise<Response> {
  const response = await gateway.send(send);
  const { status, headers } = response;
  if (status !== 400 || send.protocol !== "openai-responses" || encodingOf(headers)) return response;
  const bytes = await readWhole(response, gateway.answerBytesMax);
  const body =
    contains(bytes, INVALID) && exchange.lossPolicy !== "reject"
      ? withoutSealedReasoning(send.body)
      : undefined;
  if (!body) return new Response(Uint8Array.from(bytes), { status, headers });
  tellLosses(exchange, [LOSS]);
  return await gateway.send({ ...send, body });
}

/** The body without its sealed reasoning, everything else as it was written; undefined where it has none. */
function withoutSealedReasoning(bytes: Uint8Array): Uint8Array | undefined {
  const body = parseObject(bytes);
  const items = asList(body?.input);
  const kept = items.filter((item) => !isSealedReasoning(item));
  if (!body || kept.length === items.length) return undefined;
  const raw = rawIndex(bytes, body);
  const written = (value: unknown) =>
    typeof value === "object" && value !== null ? new Raw(raw.of(value)) : value;
  const members = (object: JsonObject) => Object.entries(object).map(([key, value]) => [key, written(value)]);
  const input = kept.map((item) => {
    const object = asObject(item);
    // By its id an item is known to be of a step whose reasoning is asked for.
    return object ? Object.fromEntries(members(object).filter(([key]) => key !== "id")) : item;
  });
  return encoder.encode(writeJson({ ...Object.fromEntries(members(body)), input }));
}

function isSealedReasoning(item: unknown): boolean {
  const object = asObject(item);
  return object?.type === "reasoning" && typeof object.encrypted_content === "string";
}
