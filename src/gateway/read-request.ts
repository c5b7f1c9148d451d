import type { RequestHead } from "../core/request-head.ts";
import { readUpload } from "./beside-text/read-upload.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { parseBody, readBody } from "./read-body.ts";

/**
 * Reads what must be known of a request: its body as a JSON object, or of a form as much as has its model.
 * @throws GatewayError `too_large`, `body_timeout`, `bad_request` and its kin.
 */
export async function readRequest(gateway: Gateway, exchange: Exchange): Promise<RequestHead> {
  const { request, codec, endpoint } = exchange;
  if (codec.id === "openai-transcriptions") return await readUpload(gateway, exchange);
  exchange.bytes = await readBody(
    request,
    { bytesMax: gateway.bodyBytesMax, deadlineMs: gateway.bodyDeadlineMs },
    gateway.deadlines,
  );
  return codec.readHead(parseBody(exchange.bytes), exchange.bytes, endpoint);
}
