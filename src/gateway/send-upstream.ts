import type { Upstream } from "../core/model.ts";
import { isSide } from "../core/protocol.ts";
import { answerDemo } from "../providers/demo/answer-demo.ts";
import { answerDemoBeside } from "../providers/demo/beside-text/answer-beside.ts";
import { prepareUpstreamRequest } from "../providers/upstream-request.ts";
import { sendToBedrock, sendToVertex } from "./send-cloud.ts";
import { bytesOf, fetchUpstream, type UpstreamSend, type UpstreamSender } from "./upstream-send.ts";

function sendOverHttp(send: UpstreamSend): Promise<Response> {
  const { url, headers } = prepareUpstreamRequest(send);
  return fetchUpstream(url, headers, send.body, send.signal);
}

async function sendToDemo(send: UpstreamSend): Promise<Response> {
  const { protocol, stream, signal, target, operation, batch = false, contentType = "" } = send;
  const { model } = target;
  const body = await bytesOf(send);
  if (isSide(protocol))
    return await answerDemoBeside({ protocol, operation, model, batch, contentType, body, signal });
  const countTokens = operation === "count-tokens";
  return await answerDemo({ protocol, model, stream, body, signal, countTokens });
}

const SENDERS: Partial<Record<Upstream["provider"], UpstreamSender>> = {
  demo: sendToDemo,
  bedrock: sendToBedrock,
  vertex: sendToVertex,
};

export const sendUpstream: UpstreamSender = (send) =>
  (SENDERS[send.target.upstream.provider] ?? sendOverHttp)(send);
