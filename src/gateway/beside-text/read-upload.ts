import type { RequestHead } from "../../core/request-head.ts";
import type { Exchange } from "../exchange.ts";
import type { Gateway } from "../gateway.ts";
import { takeUpload } from "../upload.ts";
import { AUDIO_TOKENS_PER_SECOND } from "./meter-beside.ts";

/** The fewest bytes of a second of speech: codecs of telephones and radios take about this much. */
const BYTES_PER_SECOND_LEAST = 1_000;

/**
 * Begins to take a form with a file, and resolves when its model has come: before the file or behind it.
 * @throws GatewayError what is wrong with the form, or with its sending.
 */
export async function readUpload(gateway: Gateway, exchange: Exchange): Promise<RequestHead> {
  const upload = takeUpload(exchange.request, gateway.uploads, gateway.deadlines);
  exchange.upload = upload;
  upload.onFailed = (error) => {
    exchange.lost ??= error;
    exchange.attempt?.cut();
  };
  await upload.until("model");
  const head = exchange.codec.readHead(upload.fields(), exchange.bytes, exchange.endpoint);
  const seconds = Math.ceil(upload.bytesMost / BYTES_PER_SECOND_LEAST);
  // A prompt beside the file is far below what its seconds stand for.
  const inputTokens = seconds * AUDIO_TOKENS_PER_SECOND;
  return { ...head, most: { inputTokens, characters: 0, seconds } };
}
