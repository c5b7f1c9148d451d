import { loadTokens } from "../../base/tokens.ts";
import type { QuoteFacts } from "../../billing/quote.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Rates } from "../../core/price.ts";
import { isSide, type SideProtocol } from "../../core/protocol.ts";
import { inputTokensOf, NO_USAGE, type Usage, type UsageSource } from "../../core/usage.ts";
import { SIDE_CODECS } from "../../protocols/beside-text/codecs.ts";
import type { TapState } from "../../protocols/protocol.ts";
import { INPUT_BYTES_PER_TOKEN } from "../estimate-input.ts";
import type { Exchange } from "../exchange.ts";
import { doubtOf, type FairCharge } from "../fair-charge.ts";

/** What OpenAI's models that hear count for a second of audio. */
export const AUDIO_TOKENS_PER_SECOND = 10;
/** About what OpenAI's models that speak write for a character: 20 tokens a second at 15 characters. */
const AUDIO_TOKENS_PER_CHARACTER = 1.4;
/** Where nothing tells how long audio is: 64 kbit/s. */
const BYTES_PER_SECOND = 8_000;
const TEXT_BYTES_PER_TOKEN = 4;

/** A whole turn of the loop, so that other requests go on meanwhile. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How much there is of what is charged for, and who says so. */
interface Metered {
  readonly usage: Usage;
  readonly source: UsageSource;
  /** What was reported instead, and cannot be. */
  readonly doubted?: Usage;
}

function textsOf(protocol: SideProtocol, body: JsonObject): readonly string[] {
  return SIDE_CODECS[protocol].texts(body).filter((text) => text !== "");
}

/** Tokens of the texts of a request: counted where they cost something, otherwise from their length. */
async function inputTokens(exchange: Exchange, protocol: SideProtocol): Promise<number> {
  const texts = textsOf(protocol, exchange.head?.body ?? {});
  if (exchange.price?.rates.input === 0n)
    return Math.ceil(
      texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) / INPUT_BYTES_PER_TOKEN,
    );
  return await (await loadTokens()).countGently(texts, pause);
}

type Meter = (exchange: Exchange, tap: TapState, rates: Rates) => Metered | Promise<Metered>;

const reportedBy = ({ usage, source }: TapState): Usage | undefined =>
  source === "reported" ? usage : undefined;

/** Each of the request's texts may fill a context, and no more. */
function canBe(usage: Usage, { model, head }: Exchange): boolean {
  return !model || inputTokensOf(usage) <= model.contextTokens * (head?.choices ?? 1);
}

function textMeter(protocol: SideProtocol): Meter {
  return async (exchange, tap) => {
    const reported = reportedBy(tap);
    if (reported && canBe(reported, exchange)) return { usage: reported, source: "reported" };
    const input = await inputTokens(exchange, protocol);
    if (!reported) return { usage: { ...NO_USAGE, input }, source: "estimated" };
    const { imageOutput } = reported;
    return { usage: { ...NO_USAGE, input, imageOutput }, source: "estimated", doubted: reported };
  };
}

/** Characters are counted here, exactly; tokens only where they cost something and the upstream does not tell. */
const meterSpeech: Meter = async (exchange, tap, rates) => {
  const characters = exchange.head?.most?.characters ?? 0;
  const reported = reportedBy(tap);
  const inTokens = rates.input > 0n || rates.audioOutput > 0n;
  if (reported || !inTokens) return { usage: { ...(reported ?? NO_USAGE), characters }, source: "reported" };
  const audioOutput = Math.ceil(characters * AUDIO_TOKENS_PER_CHARACTER);
  const input = await inputTokens(exchange, "openai-speech");
  return { usage: { ...NO_USAGE, input, audioOutput, characters }, source: "estimated" };
};

/** By the file's own header, or else by its size. */
async function heardSeconds({ upload }: Exchange): Promise<number> {
  if (!upload) return 0;
  const { bytes, seconds = bytes / BYTES_PER_SECOND } = await upload.audio();
  return Math.ceil(seconds);
}

const meterTranscription: Meter = async (exchange, tap, rates) => {
  const reported = reportedBy(tap);
  const tokens = reported !== undefined && reported.input + reported.audioInput > 0;
  const bySeconds = rates.seconds > 0n;
  const byTokens = rates.input > 0n || rates.audioInput > 0n || rates.output > 0n;
  if (reported && (reported.seconds > 0 || !bySeconds) && (tokens || !byTokens))
    return { usage: reported, source: "reported" };
  const seconds = reported?.seconds || (await heardSeconds(exchange));
  if (tokens || !byTokens) return { usage: { ...(reported ?? NO_USAGE), seconds }, source: "estimated" };
  const output = Math.ceil(tap.textBytes / TEXT_BYTES_PER_TOKEN);
  const audioInput = seconds * AUDIO_TOKENS_PER_SECOND;
  return { usage: { ...NO_USAGE, audioInput, output, seconds }, source: "estimated" };
};

const METERS: Record<SideProtocol, Meter> = {
  "openai-embeddings": textMeter("openai-embeddings"),
  "gemini-embeddings": textMeter("gemini-embeddings"),
  "openai-moderations": textMeter("openai-moderations"),
  "openai-images": textMeter("openai-images"),
  rerank: textMeter("rerank"),
  "openai-speech": meterSpeech,
  "openai-transcriptions": meterTranscription,
};

/**
 * What an answer beside text is charged for: what its upstream reports, and what was asked for where it reports
 * nothing; cut ones as well, since the whole was asked for. The policy is docs/clients/billing.md.
 */
export async function meterBeside(exchange: Exchange, tap: TapState): Promise<FairCharge> {
  const { codec, price } = exchange;
  if (!isSide(codec.id) || !price) throw new Error("metered beside text without a price");
  const { doubted, ...metered } = await METERS[codec.id](exchange, tap, price.rates);
  return doubted
    ? { metered, free: false, doubtful: true, note: doubtOf(doubted) }
    : { metered, free: false };
}

/** Vocabularies differ by some tenths from the one that counts (LEDGER.md 4 (b)). */
const COUNT_MARGIN = 1.15;

/**
 * The bound of a request whose balance does not cover the first one: texts counted, and audio measured, for
 * which all of it must have come.
 * @throws GatewayError what is wrong with an upload.
 */
export async function countedBeside(exchange: Exchange, bound: QuoteFacts): Promise<QuoteFacts> {
  const { codec, upload } = exchange;
  if (!isSide(codec.id)) return bound;
  if (upload) {
    const measured = (await upload.audio()).seconds;
    const seconds = Math.ceil(measured ?? bound.seconds ?? 0);
    return { ...bound, seconds, inputTokens: seconds * AUDIO_TOKENS_PER_SECOND };
  }
  const texts = textsOf(codec.id, exchange.head?.body ?? {});
  const counted = await (await loadTokens()).countGently(texts, pause);
  // Token numbers, images and the like are no texts: then the bytes are what there is to go by.
  if (texts.length < (exchange.head?.choices ?? 1)) return bound;
  return {
    ...bound,
    inputTokens: Math.min(bound.inputTokens, Math.ceil(counted * COUNT_MARGIN) + 16 * texts.length),
  };
}
