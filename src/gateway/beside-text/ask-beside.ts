import { scanMembers } from "../../base/json-members.ts";
import { applySplices, type Splice } from "../../base/splice.ts";
import { GatewayError } from "../../core/errors.ts";
import type { SideProtocol } from "../../core/protocol.ts";
import type { RequestHead } from "../../core/request-head.ts";
import { NOT_ASKED } from "../../core/request-record.ts";
import { wayTo } from "../../core/way.ts";
import { insertMember, openingOf } from "../../protocols/edit-limit.ts";
import { classifyAnswer, classifyFault, type Refusal, refused } from "../classify-answer.ts";
import type { Exchange } from "../exchange.ts";
import type { Gateway } from "../gateway.ts";
import type { UpstreamAnswer } from "../open-answer.ts";
import { tellLosses } from "../translate-exchange.ts";
import type { Try } from "../try.ts";
import type { UpstreamSend } from "../upstream-send.ts";
import { translateEmbedding } from "./embed-elsewhere.ts";
import { openBeside } from "./open-beside.ts";

/** What the operator set for the model and the client did not. */
function defaultsOf({ model, bytes }: Exchange, { body }: RequestHead): Splice[] {
  const missing = Object.entries(model?.defaults ?? {}).filter(([name]) => body[name] === undefined);
  const members = scanMembers(bytes);
  return missing.map(([name, value]) => insertMember(openingOf(bytes), members, name, JSON.stringify(value)));
}

type Sending = Pick<UpstreamSend, "body" | "contentType" | "contentLength">;

/** The client's own bytes, with the upstream's name of the model. */
function ownBytes(exchange: Exchange, head: RequestHead, attempt: Try): Sending {
  const { codec, bytes, upload, request } = exchange;
  const { model } = attempt.target;
  if (!upload) {
    const splices = [...codec.editRequest(head, bytes, { model }), ...defaultsOf(exchange, head)];
    return { body: applySplices(bytes, splices) };
  }
  const { stream, length } = upload.bodyWith("model", model);
  const contentType = request.headers.get("content-type") ?? "";
  return { body: stream, contentType, contentLength: length };
}

/** The upstream's time begins when it has all: what the client takes to send is not the upstream's. */
function startClock(gateway: Gateway, exchange: Exchange, attempt: Try): void {
  const { upload } = exchange;
  if (!upload) return;
  attempt.pause();
  const { firstByteMs } = attempt.target.upstream;
  // A form that fails is told by itself (`onFailed`).
  const begin = () => {
    if (exchange.firstByteMs === 0) attempt.startIfRunning(gateway.deadlines, firstByteMs);
  };
  upload.whole.then(begin, () => undefined);
}

async function ask(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  sending: Sending & { readonly protocol: SideProtocol; readonly batch: boolean },
): Promise<UpstreamAnswer | Refusal> {
  startClock(gateway, exchange, attempt);
  try {
    const response = await gateway.send({
      ...sending,
      target: attempt.target,
      operation: exchange.endpoint.operation,
      stream: head.stream,
      clientHeaders: exchange.request.headers,
      signal: attempt.abort.signal,
    });
    const refusal = classifyAnswer(response);
    return refusal ?? (await openBeside(gateway, exchange, head, attempt, response, sending.protocol));
  } catch (fault) {
    return classifyFault(fault, attempt);
  }
}

/** Embeddings of a target that has them in the other vendor's form. */
async function embedElsewhere(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  ways: { readonly client: SideProtocol; readonly protocol: SideProtocol },
): Promise<UpstreamAnswer | Refusal> {
  const { target } = attempt;
  const { protocol } = ways;
  const { body, losses, rewriteOf } = translateEmbedding(exchange, head, ways.client, { target, protocol });
  const answer = await ask(gateway, exchange, head, attempt, { body, protocol, batch: true });
  if (answer.kind === "refused" || answer.status >= 400) return answer;
  const rewrite = answer.parsed && rewriteOf(answer.parsed);
  if (!rewrite) {
    const message = "The upstream of this model answered with other vectors than were asked for; try again.";
    return refused(new GatewayError("upstream_error", message), "other vectors", answer.status);
  }
  tellLosses(exchange, losses);
  return { ...answer, rewrite };
}

/** Asks a target for something beside text. */
export async function askBeside(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  client: SideProtocol,
): Promise<UpstreamAnswer | Refusal> {
  const protocol = wayTo(attempt.target, client) ?? client;
  if (protocol === client) {
    const batch = exchange.endpoint.batch ?? false;
    return await ask(gateway, exchange, head, attempt, {
      ...ownBytes(exchange, head, attempt),
      protocol,
      batch,
    });
  }
  try {
    return await embedElsewhere(gateway, exchange, head, attempt, { client, protocol });
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.kind !== "unsupported") throw thrown;
    return refused(thrown, NOT_ASKED);
  }
}
