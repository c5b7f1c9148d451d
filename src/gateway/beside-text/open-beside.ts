import { encodingOf } from "../../base/unpack.ts";
import { GatewayError } from "../../core/errors.ts";
import type { SideProtocol } from "../../core/protocol.ts";
import type { RequestHead } from "../../core/request-head.ts";
import { letGo, type Refusal, refused } from "../classify-answer.ts";
import type { Exchange } from "../exchange.ts";
import type { Gateway } from "../gateway.ts";
import { FAILED_EARLY, isPlainStream, openAnswer, type UpstreamAnswer } from "../open-answer.ts";
import type { Try } from "../try.ts";
import { readerOf, readWhole } from "../upstream-reader.ts";

const EMPTY = new Uint8Array(0);

function isJson(headers: Headers): boolean {
  return /^application\/json\b/i.test(headers.get("content-type") ?? "");
}

/** Text under a status of success is a proxy's page or an error, and no audio. */
function isText(headers: Headers): boolean {
  return isJson(headers) || /^text\//i.test(headers.get("content-type") ?? "");
}

/** The first bytes of audio are the sign that the upstream is good. */
async function openBytes(
  gateway: Gateway,
  exchange: Exchange,
  attempt: Try,
  response: Response,
): Promise<UpstreamAnswer | Refusal> {
  const { status, headers } = response;
  if (isText(headers) || encodingOf(headers) !== undefined) {
    letGo(response);
    return refused(new GatewayError("upstream_error", FAILED_EARLY), "no audio", status);
  }
  const reader = readerOf(response);
  const { value: first } = await reader.read();
  if (first === undefined) {
    const message = "The upstream of this model answered without any audio; try again.";
    return refused(new GatewayError("upstream_error", message), "no audio", status);
  }
  exchange.firstByteMs = gateway.clock.monotonic() - exchange.startedMs;
  const base = { kind: "served" as const, status, headers, attempt };
  return { ...base, whole: undefined, parsed: undefined, first, reader, raw: true };
}

/** A transcription as text, subtitles or JSON. */
async function openText(
  gateway: Gateway,
  attempt: Try,
  response: Response,
): Promise<UpstreamAnswer | Refusal> {
  const { status, headers } = response;
  const whole = await readWhole(response, gateway.answerBytesMax);
  attempt.end();
  const base = { kind: "served" as const, status, headers, attempt, whole, first: EMPTY, reader: undefined };
  return { ...base, parsed: undefined };
}

/** What a request beside text is answered with, opened as far as it shows that the upstream is good. */
export async function openBeside(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  response: Response,
  protocol: SideProtocol,
): Promise<UpstreamAnswer | Refusal> {
  const failed = response.status >= 400;
  const events = isPlainStream(response.headers) && !failed;
  if (protocol === "openai-speech" && !failed && !events)
    return await openBytes(gateway, exchange, attempt, response);
  if (protocol === "openai-transcriptions" && !failed && !events && !isJson(response.headers))
    return await openText(gateway, attempt, response);
  return await openAnswer(gateway, exchange, { ...head, stream: events }, attempt, response);
}
